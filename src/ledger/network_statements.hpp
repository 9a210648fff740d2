// What nodes and operators ask for.
#pragma once

#include "ledger/statement_parts.hpp"

namespace bulla::ledger {

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

struct Issuance : StatementOf<EntryKind::issuance, NodePart> {
    std::uint64_t token_count = 0;
    Sha256Digest root; // Merkle root over the tokens since the last one

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        asking(visitor, self);
        visitor.field(6, self.token_count);
        visitor.field(7, self.root);
    }
    friend bool operator==(Issuance const&, Issuance const&) = default;
};

struct RegisterClient : StatementOf<EntryKind::register_client, OperatorPart> {
    ClientId client;
    ClientRow row; // its node: the operator's

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        asking(visitor, self);
        visitor.field(6, self.client);
        visitor.field(7, self.row);
    }
    friend bool operator==(RegisterClient const&, RegisterClient const&) = default;
};

struct UpdateClient : StatementOf<EntryKind::update_client, OperatorPart> {
    ClientId client;
    ClientRow row;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        asking(visitor, self);
        visitor.field(6, self.client);
        visitor.field(7, self.row);
    }
    friend bool operator==(UpdateClient const&, UpdateClient const&) = default;
};

struct RemoveClient : StatementOf<EntryKind::remove_client, OperatorPart> {
    ClientId client;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        asking(visitor, self);
        visitor.field(6, self.client);
    }
    friend bool operator==(RemoveClient const&, RemoveClient const&) = default;
};

struct GrantRole : StatementOf<EntryKind::grant_role, OperatorPart> {
    ClientId client;
    Label label;
    AccountVersion registered; // version of the register entry
    std::string role;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        asking(visitor, self);
        visitor.field(6, self.client);
        visitor.field(7, self.label);
        visitor.field(8, self.registered);
        visitor.field(9, self.role);
    }
    friend bool operator==(GrantRole const&, GrantRole const&) = default;
};

struct RevokeRole : StatementOf<EntryKind::revoke_role, OperatorPart> {
    ClientId client;
    Label label;
    AccountVersion registered; // version of the register entry
    std::string role;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        asking(visitor, self);
        visitor.field(6, self.client);
        visitor.field(7, self.label);
        visitor.field(8, self.registered);
        visitor.field(9, self.role);
    }
    friend bool operator==(RevokeRole const&, RevokeRole const&) = default;
};

struct ProposeChange : StatementOf<EntryKind::propose_change, OperatorPart> {
    base::ByteBuffer act; // act.hpp

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        asking(visitor, self);
        visitor.field(6, self.act);
    }
    friend bool operator==(ProposeChange const&, ProposeChange const&) = default;
};

struct ApproveChange : StatementOf<EntryKind::approve_change, OperatorPart> {
    LeafHash change; // of the propose entry

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        asking(visitor, self);
        visitor.field(6, self.change);
    }
    friend bool operator==(ApproveChange const&, ApproveChange const&) = default;
};

struct ObjectChange : StatementOf<EntryKind::object_change, OperatorPart> {
    LeafHash change;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        asking(visitor, self);
        visitor.field(6, self.change);
    }
    friend bool operator==(ObjectChange const&, ObjectChange const&) = default;
};

struct ApplyChange : StatementOf<EntryKind::apply_change, NetworkPart> {
    LeafHash change;
    base::ByteBuffer act; // byte for byte

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        asking(visitor, self);
        visitor.field(6, self.change);
        visitor.field(7, self.act);
    }
    friend bool operator==(ApplyChange const&, ApplyChange const&) = default;
};

} // namespace bulla::ledger
