// The rows of the network map (docs/formats/network-map.cddl).
//
// Map key = SHA-256("bulla/network-map/v1" ‖ u8 kind ‖ id), value = deterministic CBOR of the struct.
#pragma once

#include "ledger/nodes_row.hpp"
#include "ledger/policy_row.hpp"

namespace bulla::ledger {

enum class NetworkRowKind : std::uint8_t {
    nodes = 1,
    policy = 2,
    client = 3,
    role = 4,
    signing_key = 5,
    pending_change = 6,
};

merkle::MapKey network_map_key(NetworkRowKind kind, base::ByteView id = {});

// What an OpenID client is. Consensus knows whose it is; `metadata` is read by OpenID Connect alone.
struct ClientRow {
    NodeId node;
    base::ByteBuffer metadata; // at most client_size_max bytes; no secret

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.node);
        visitor.field(1, self.metadata);
    }
    friend bool operator==(ClientRow const&, ClientRow const&) = default;
};

// A node approves as long as the operator who said so last stands in its row.
struct Approval {
    NodeId node;
    CredentialId by;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.node);
        visitor.field(1, self.by);
    }
    friend bool operator==(Approval const&, Approval const&) = default;
};

struct PendingChangeRow {
    base::Timestamp proposed;
    Sha256Digest act; // SHA-256 of its bytes
    std::vector<Approval> approvals; // at most one a node

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.proposed);
        visitor.field(1, self.act);
        visitor.field(2, self.approvals);
    }
    friend bool operator==(PendingChangeRow const&, PendingChangeRow const&) = default;
};

struct SigningKeyRow {
    NodeId node;
    SigningAlgorithm algorithm = SigningAlgorithm::eddsa;
    base::ByteBuffer public_key;
    std::optional<base::Timestamp> ends;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.node);
        visitor.field(1, self.algorithm);
        visitor.field(2, self.public_key);
        visitor.optional(3, self.ends);
    }
    friend bool operator==(SigningKeyRow const&, SigningKeyRow const&) = default;
};

// A row of kind 3, 4 or 6 by its name. Whoever stores such rows keeps names and values as bytes.
struct NetworkRowName {
    NetworkRowKind kind = NetworkRowKind::client;
    base::ByteBuffer id;

    static NetworkRowName client(ClientId const& id);
    static NetworkRowName role(ClientId const& client, Label const& label, AccountVersion registered,
                               std::string_view role);
    static NetworkRowName pending_change(LeafHash const& proposed);
    merkle::MapKey map_key() const { return network_map_key(kind, id); }
    friend auto operator<=>(NetworkRowName const&, NetworkRowName const&) = default;
};

base::ByteBuffer role_row(); // the only value of a role: an empty byte string

// Whether name and value are of a row that rules can write.
bool is_network_row(NetworkRowName const& name, base::ByteView value);

} // namespace bulla::ledger
