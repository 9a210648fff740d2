// Row 1 of the network map: the list of nodes, their keys, operators and live signing keys
// (docs/formats/network-map.cddl).
#pragma once

#include "ledger/fields.hpp"
#include "ledger/types.hpp"

namespace bulla::ledger {

struct Operator {
    CredentialId id;
    CredentialKind kind = CredentialKind::device_key;
    PublicKey public_key;
    Sequence sequence; // of the operator's last statement; 0: none yet

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.id);
        visitor.field(1, self.kind);
        visitor.field(2, self.public_key);
        visitor.field(3, self.sequence);
    }
    friend bool operator==(Operator const&, Operator const&) = default;
};

// A credential that is to be an operator of a node: no password and no recovery key.
struct NewOperator {
    CredentialKind kind = CredentialKind::device_key;
    PublicKey public_key;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(1, self.kind);
        visitor.field(2, self.public_key);
    }
    friend bool operator==(NewOperator const&, NewOperator const&) = default;
};

// A token signing key in its node's row, until its end has passed.
struct LiveSigningKey {
    KeyId kid;
    SigningAlgorithm algorithm = SigningAlgorithm::eddsa;
    std::optional<base::Timestamp> ends; // absent: until retired

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.kid);
        visitor.field(1, self.algorithm);
        visitor.optional(2, self.ends);
    }
    friend bool operator==(LiveSigningKey const&, LiveSigningKey const&) = default;
};

// Fields 3 to 8 belong to networks of several nodes; a single node has none of them.
struct Node {
    NodeId id;
    Ed25519PublicKey node_key; // admissions, node statements, node lists
    Ed25519PublicKey cosigner_key; // cosignatures of checkpoints, nothing else
    std::optional<Ed25519PublicKey> validator_key = {}; // of CometBFT
    std::optional<base::Bytes<struct PeerIdMeaning, 20>> p2p_id = {};
    std::optional<base::Bytes<struct ChannelKeyMeaning, 32>> channel_key = {}; // X25519
    std::optional<Sha256Digest> tls_key_hash = {};
    std::optional<std::string> p2p_address = {};
    std::optional<std::string> https_address = {};
    Sequence sequence; // of the node's last statement
    std::vector<Operator> operators;
    std::vector<LiveSigningKey> signing_keys;

    // What the nodes sign: see node_list.hpp.
    template <class Visitor, class Self>
    static void listed_fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.id);
        visitor.field(1, self.node_key);
        visitor.field(2, self.cosigner_key);
        visitor.optional(3, self.validator_key);
        visitor.optional(4, self.p2p_id);
        visitor.optional(5, self.channel_key);
        visitor.optional(6, self.tls_key_hash);
        visitor.optional(7, self.p2p_address);
        visitor.optional(8, self.https_address);
    }
    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        listed_fields(visitor, self);
        visitor.field(9, self.sequence);
        visitor.field(10, self.operators);
        visitor.field(11, self.signing_keys);
    }
    friend bool operator==(Node const&, Node const&) = default;
};

// More than two thirds of n: of the nodes that admit, sign a list, or have an operator who approves.
constexpr std::size_t quorum_of(std::size_t nodes) {
    return 2 * nodes / 3 + 1;
}

struct NodesRow {
    std::uint64_t number = 1; // of this list; one higher each time
    Ed25519PublicKey log_key;
    std::string origin; // of the log's checkpoints
    std::vector<Node> nodes;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.number);
        visitor.field(1, self.log_key);
        visitor.field(2, self.origin);
        visitor.field(3, self.nodes);
    }
    Node const* find(NodeId const& id) const;
    Node* find(NodeId const& id);
    std::size_t quorum() const { return quorum_of(nodes.size()); }
    friend bool operator==(NodesRow const&, NodesRow const&) = default;
};

} // namespace bulla::ledger
