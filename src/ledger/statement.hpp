// Statements: what a credential or a node asks for, before it is signed (docs/formats/entries.cddl).
//
// A statement is deterministic CBOR. Fields 0 to 5 say who asks and for how long, 6 and up what is wanted.
// Its digest is SHA-256(domain ‖ statement bytes), one domain string a purpose, so that a signature for one
// purpose is none for another. The bytes signed are kept as they came; nothing is signed that was encoded
// again.
#pragma once

#include "credential/evidence.hpp"
#include "ledger/account.hpp"

#include <variant>

namespace bulla::ledger {

using credential::StatementDigest;

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

// Fields 1, 2, 3 and 5 of a statement by a node or an operator.
struct NodePart {
    NetworkId network;
    NodeId signer;
    Sequence sequence; // one more than in the signer's row
    base::Timestamp not_after;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(1, self.network);
        visitor.field(2, self.signer);
        visitor.field(3, self.sequence);
        visitor.field(5, self.not_after);
    }
    friend bool operator==(NodePart const&, NodePart const&) = default;
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

struct Register : StatementOf<EntryKind::register_account, AccountPart> {
    NewCredential credential; // password or passkey
    OpeningHash opening;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        asking(visitor, self);
        visitor.field(6, self.credential);
        visitor.field(7, self.opening);
    }
    friend bool operator==(Register const&, Register const&) = default;
};

struct AddCredential : StatementOf<EntryKind::add_credential, AccountPart> {
    NewCredential credential;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        asking(visitor, self);
        visitor.field(6, self.credential);
    }
    friend bool operator==(AddCredential const&, AddCredential const&) = default;
};

struct RevokeCredential : StatementOf<EntryKind::revoke_credential, AccountPart> {
    CredentialId credential;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        asking(visitor, self);
        visitor.field(6, self.credential);
    }
    friend bool operator==(RevokeCredential const&, RevokeCredential const&) = default;
};

// A new password in the place of the old one.
struct ReplaceCredential : StatementOf<EntryKind::replace_credential, AccountPart> {
    NewCredential credential;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        asking(visitor, self);
        visitor.field(6, self.credential);
    }
    friend bool operator==(ReplaceCredential const&, ReplaceCredential const&) = default;
};

struct EndSessions : StatementOf<EntryKind::end_sessions, AccountPart> {
    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        asking(visitor, self);
    }
    friend bool operator==(EndSessions const&, EndSessions const&) = default;
};

struct Erase : StatementOf<EntryKind::erase, AccountPart> {
    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        asking(visitor, self);
    }
    friend bool operator==(Erase const&, Erase const&) = default;
};

struct PublishSigningKey : StatementOf<EntryKind::publish_signing_key, NodePart> {
    SigningAlgorithm algorithm = SigningAlgorithm::eddsa;
    base::ByteBuffer public_key; // EdDSA: 32 bytes

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        asking(visitor, self);
        visitor.field(6, self.algorithm);
        visitor.field(7, self.public_key);
    }
    friend bool operator==(PublishSigningKey const&, PublishSigningKey const&) = default;
};

struct RetireSigningKey : StatementOf<EntryKind::retire_signing_key, NodePart> {
    KeyId kid;
    bool compromised = false;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        asking(visitor, self);
        visitor.field(6, self.kid);
        visitor.field(7, self.compromised);
    }
    friend bool operator==(RetireSigningKey const&, RetireSigningKey const&) = default;
};

using Statement = std::variant<Register, AddCredential, RevokeCredential, ReplaceCredential, EndSessions,
                               Erase, PublishSigningKey, RetireSigningKey>;

// "bulla/register/v1", "bulla/add-credential/v1", …
std::string_view statement_domain(EntryKind kind);
StatementDigest digest_statement(EntryKind kind, base::ByteView statement);

} // namespace bulla::ledger
