// Row 2 of the network map: what holds for the whole network (docs/formats/network-map.cddl).
#pragma once

#include "credential/evidence.hpp"
#include "crypto/argon2id.hpp"
#include "ledger/fields.hpp"
#include "ledger/types.hpp"

namespace bulla::ledger {

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

// Rules that come into force at a height of CometBFT.
struct PendingUpgrade {
    std::uint64_t rules_version = 0;
    std::uint64_t height = 0;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.rules_version);
        visitor.field(1, self.height);
    }
    friend bool operator==(PendingUpgrade const&, PendingUpgrade const&) = default;
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
    std::optional<PendingUpgrade> upgrade = {};
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
        visitor.optional(8, self.upgrade);
        visitor.field(9, self.passwords);
        visitor.field(10, self.open_name_lookup);
    }
    credential::RelyingParty relying_party() const { return {rp_id, origins}; }
    friend bool operator==(PolicyRow const&, PolicyRow const&) = default;
};

struct NodesRow;

// What every policy must be: origins fit into a JSON string as they are, operators' recoveries take 72 hours
// at least, and no delay is as long as a proposed change lives. The keysets are looked at by themselves.
bool is_sound(PolicyRow const& policy);
bool is_sound(Keyset const& keyset, NodesRow const& nodes);

} // namespace bulla::ledger
