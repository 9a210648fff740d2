// Acts: what a quorum of operators decides (docs/formats/entries.cddl).
//
// propose_change holds an act in full, apply_change repeats it byte for byte. Deterministic CBOR, field 0 its
// kind. An act about an account makes one version of that account.
#pragma once

#include "ledger/account_statements.hpp"
#include "ledger/node_list.hpp"

#include <variant>

namespace bulla::ledger {

// The numbers are consensus.
enum class ActKind : std::uint8_t {
    suspend = 1,
    restore = 2,
    recover_account = 3,
    add_node = 4,
    remove_node = 5,
    rotate_node_key = 6,
    change_policy = 7,
    change_log = 8,
    change_keyset = 9,
    grant_operator = 10,
    revoke_operator = 11,
    retire_key = 12,
};

template <ActKind act_kind>
struct ActOf {
    static constexpr ActKind kind = act_kind;
    friend bool operator==(ActOf const&, ActOf const&) = default;

protected:
    template <class Visitor>
    static void number(Visitor& visitor) {
        visitor.constant(0, std::to_underlying(kind));
    }
};

template <ActKind act_kind>
struct ActOnAccount : ActOf<act_kind> {
    Label label;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        ActOnAccount::number(visitor);
        visitor.field(1, self.label);
    }
    friend bool operator==(ActOnAccount const&, ActOnAccount const&) = default;
};
using Suspend = ActOnAccount<ActKind::suspend>;
using Restore = ActOnAccount<ActKind::restore>;

// The operators' begin_recovery. The new credential signs the begin statement, under its own domain.
struct RecoverAccount : ActOf<ActKind::recover_account> {
    BeginRecovery begin; // without key_version

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        number(visitor);
        visitor.field(1, self.begin);
    }
    friend bool operator==(RecoverAccount const&, RecoverAccount const&) = default;
};

struct AddNode : ActOf<ActKind::add_node> {
    ListedNode node;
    NewOperator first_operator;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        number(visitor);
        visitor.field(1, self.node);
        visitor.field(2, self.first_operator);
    }
    friend bool operator==(AddNode const&, AddNode const&) = default;
};

struct RemoveNode : ActOf<ActKind::remove_node> {
    NodeId node;
    std::vector<KeyId> kids; // those of its row, in the row's order

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        number(visitor);
        visitor.field(1, self.node);
        visitor.field(2, self.kids);
    }
    friend bool operator==(RemoveNode const&, RemoveNode const&) = default;
};

// Any of a node's keys and addresses; its id stays.
struct RotateNodeKey : ActOf<ActKind::rotate_node_key> {
    ListedNode node;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        number(visitor);
        visitor.field(1, self.node);
    }
    friend bool operator==(RotateNodeKey const&, RotateNodeKey const&) = default;
};

// The whole row, with the keysets as they are.
struct ChangePolicy : ActOf<ActKind::change_policy> {
    PolicyRow policy;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        number(visitor);
        visitor.field(1, self.policy);
    }
    friend bool operator==(ChangePolicy const&, ChangePolicy const&) = default;
};

struct ChangeLog : ActOf<ActKind::change_log> {
    Ed25519PublicKey log_key;
    std::string origin;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        number(visitor);
        visitor.field(1, self.log_key);
        visitor.field(2, self.origin);
    }
    friend bool operator==(ChangeLog const&, ChangeLog const&) = default;
};

// New OPRF seeds, a new OPAQUE key, or both.
struct ChangeKeyset : ActOf<ActKind::change_keyset> {
    Keyset keyset;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        number(visitor);
        visitor.field(1, self.keyset);
    }
    friend bool operator==(ChangeKeyset const&, ChangeKeyset const&) = default;
};

struct GrantOperator : ActOf<ActKind::grant_operator> {
    NodeId node;
    NewOperator person;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        number(visitor);
        visitor.field(1, self.node);
        visitor.field(2, self.person);
    }
    friend bool operator==(GrantOperator const&, GrantOperator const&) = default;
};

struct RevokeOperator : ActOf<ActKind::revoke_operator> {
    NodeId node;
    CredentialId person;
    std::optional<NewOperator> successor; // a node always has an operator

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        number(visitor);
        visitor.field(1, self.node);
        visitor.field(2, self.person);
        visitor.optional(3, self.successor);
    }
    friend bool operator==(RevokeOperator const&, RevokeOperator const&) = default;
};

// The quorum's retire_signing_key, for a node that does not do it.
struct RetireKey : ActOf<ActKind::retire_key> {
    KeyId kid;
    bool compromised = false;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        number(visitor);
        visitor.field(1, self.kid);
        visitor.field(2, self.compromised);
    }
    friend bool operator==(RetireKey const&, RetireKey const&) = default;
};

using Act = std::variant<Suspend, Restore, RecoverAccount, AddNode, RemoveNode, RotateNodeKey, ChangePolicy,
                         ChangeLog, ChangeKeyset, GrantOperator, RevokeOperator, RetireKey>;

base::ByteBuffer encode_act(Act const& act);
std::optional<Act> decode_act(base::ByteView bytes); // nothing: encode_act() would not print it
std::optional<Label> label_of(Act const& act); // of the account it is about

} // namespace bulla::ledger
