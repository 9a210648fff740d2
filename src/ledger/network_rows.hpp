// Rows 1, 2 and 5 of the network map (docs/formats/network-map.cddl): the nodes, the policy, the signing
// keys.
//
// Map key = SHA-256("bulla/network-map/v1" ‖ u8 kind ‖ id), value = deterministic CBOR of the struct.
#pragma once

#include "crypto/argon2id.hpp"
#include "ledger/fields.hpp"
#include "ledger/types.hpp"

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

// Keys 3 to 8 (CometBFT validator key and p2p id, channel key, TLS key hash, addresses) belong to networks of
// several nodes; a single node has none of them.
struct Node {
    NodeId id;
    Ed25519PublicKey node_key; // admissions, node statements, node lists
    Ed25519PublicKey cosigner_key; // cosignatures of checkpoints, nothing else
    Sequence sequence; // of the node's last statement
    std::vector<Operator> operators;
    std::vector<LiveSigningKey> signing_keys;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.id);
        visitor.field(1, self.node_key);
        visitor.field(2, self.cosigner_key);
        visitor.field(9, self.sequence);
        visitor.field(10, self.operators);
        visitor.field(11, self.signing_keys);
    }
    friend bool operator==(Node const&, Node const&) = default;
};

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
    std::size_t quorum() const { return 2 * nodes.size() / 3 + 1; }
    friend bool operator==(NodesRow const&, NodesRow const&) = default;
};

struct Stretching : crypto::StretchingParameters {
    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.memory_kib);
        visitor.field(1, self.passes);
        visitor.field(2, self.lanes);
    }
    friend bool operator==(Stretching const&, Stretching const&) = default;
};

// One generation of the network's OPRF seeds and its OPAQUE server key.
struct Keyset {
    std::uint32_t number = 1;
    std::uint32_t threshold = 1;
    std::vector<NodeId> nodes; // in order of their x-coordinates 1, 2, …
    std::vector<SeedHash> seeds; // for each set X in lexicographic order
    base::Bytes<struct OpaquePublicKeyMeaning, 32> opaque_public_key;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.number);
        visitor.field(1, self.threshold);
        visitor.field(2, self.nodes);
        visitor.field(3, self.seeds);
        visitor.field(4, self.opaque_public_key);
    }
    friend bool operator==(Keyset const&, Keyset const&) = default;
};

struct Delays {
    std::chrono::milliseconds recovery_by_key{0};
    std::chrono::milliseconds recovery_by_operators{72 * 3'600'000};
    std::chrono::milliseconds change{0};

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.recovery_by_key);
        visitor.field(1, self.recovery_by_operators);
        visitor.field(2, self.change);
    }
    friend bool operator==(Delays const&, Delays const&) = default;
};

struct PolicyRow {
    std::string issuer; // URL, byte for byte the `iss` of tokens
    std::string rp_id; // WebAuthn; never changes
    std::vector<std::string> origins;
    Delays delays;
    std::vector<std::string>
        scripts; // empty: ASCII letters, digits, '.', '_', '-'; else one Unicode script more
    Stretching stretching;
    std::chrono::milliseconds max_token_lifetime{24 * 3'600'000};
    std::vector<Keyset> keysets; // ascending numbers; the last is in force
    PasswordPolicy passwords = PasswordPolicy::standard;
    bool open_name_lookup = false;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.issuer);
        visitor.field(1, self.rp_id);
        visitor.field(2, self.origins);
        visitor.field(3, self.delays);
        visitor.field(4, self.scripts);
        visitor.field(5, self.stretching);
        visitor.field(6, self.max_token_lifetime);
        visitor.field(7, self.keysets);
        visitor.field(9, self.passwords);
        visitor.field(10, self.open_name_lookup);
    }
    friend bool operator==(PolicyRow const&, PolicyRow const&) = default;
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

} // namespace bulla::ledger
