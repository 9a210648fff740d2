// What the statements of entries share: the kind, who asks, and for how long (docs/formats/entries.cddl).
#pragma once

#include "ledger/account.hpp"

namespace bulla::ledger {

// Fields 1 to 5 of a statement by an account.
struct AccountPart {
    NetworkId network;
    Label label;
    AccountVersion version; // the one this entry makes; of a login: the present one
    LeafHash previous;      // the account's head before; zeros for a label that was absent
    base::Timestamp not_after;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(1, self.network);
        visitor.field(2, self.label);
        visitor.field(3, self.version);
        visitor.field(4, self.previous);
        visitor.field(5, self.not_after);
    }
    friend bool operator==(AccountPart const&, AccountPart const&) = default;
};

// Fields 1, 2, 3 and 5 of a statement by a node (its id) or an operator (its credential id).
template <class Signer>
struct SignerPart {
    NetworkId network;
    Signer signer;
    Sequence sequence; // one more than in the signer's row
    base::Timestamp not_after;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(1, self.network);
        visitor.field(2, self.signer);
        visitor.field(3, self.sequence);
        visitor.field(5, self.not_after);
    }
    friend bool operator==(SignerPart const&, SignerPart const&) = default;
};
using NodePart = SignerPart<NodeId>;
using OperatorPart = SignerPart<CredentialId>;

// Fields 1, 2 and 5 of a statement about an account whose version and previous stand in the entry, unsigned.
struct RecoveryPart {
    NetworkId network;
    Label label;
    base::Timestamp not_after;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(1, self.network);
        visitor.field(2, self.label);
        visitor.field(5, self.not_after);
    }
    friend bool operator==(RecoveryPart const&, RecoveryPart const&) = default;
};

// Field 1 of a statement that nobody signs.
struct NetworkPart {
    NetworkId network;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(1, self.network);
    }
    friend bool operator==(NetworkPart const&, NetworkPart const&) = default;
};

// What all statements share: the kind, and who asks.
template <EntryKind entry_kind, class Part>
struct StatementOf {
    static constexpr EntryKind kind = entry_kind;
    Part asks;
    friend bool operator==(StatementOf const&, StatementOf const&) = default;

protected:
    template <class Visitor, class Self>
    static void asking(Visitor& visitor, Self& self) {
        visitor.constant(0, std::to_underlying(kind));
        Part::fields(visitor, self.asks);
    }
};

} // namespace bulla::ledger
