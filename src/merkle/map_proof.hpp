// Native proofs of the committed maps: one path shows that a key is present, with its value's hash, or
// absent.
//
//   u8 format = 01
//   u16be d                     number of inner nodes on the path, 1 … 256
//   u8 bit[d]                   root first, strictly increasing
//   sibling[32] · d             root first
//   key[32] ‖ value hash[32]    of the leaf reached
//
// 67 + 33·d bytes. The key asked for, the directions and the answer are not in it: the verifier has the first
// and derives the others. Source: docs/formats/merkle.md.
#pragma once

#include "base/result.hpp"
#include "merkle/hash.hpp"
#include "merkle/proof_fault.hpp"

#include <variant>
#include <vector>

namespace bulla::merkle {

inline constexpr std::size_t map_depth_max = 256;

struct MapStep {
    std::uint8_t bit = 0;
    MapNodeHash sibling;
    friend bool operator==(MapStep const&, MapStep const&) = default;
};

struct MapProof {
    std::vector<MapStep> steps; // root first
    MapKey leaf_key;
    ValueHash leaf_value_hash;
    friend bool operator==(MapProof const&, MapProof const&) = default;
};

struct KeyPresent {
    ValueHash value_hash;
    friend bool operator==(KeyPresent const&, KeyPresent const&) = default;
};
struct KeyAbsent {
    friend bool operator==(KeyAbsent const&, KeyAbsent const&) = default;
};
using MapAnswer = std::variant<KeyPresent, KeyAbsent>;

base::ByteBuffer encode_map_proof(MapProof const& map_proof);
// malformed or bits_not_increasing; what is accepted prints to the same bytes.
Result<MapProof, ProofFault> parse_map_proof(base::ByteView bytes);

// The one answer that the root gives for the query.
Result<MapAnswer, ProofFault> check_map_proof(MapRoot const& root, MapKey const& query,
                                              MapProof const& map_proof);
Result<MapAnswer, ProofFault> check_map_proof(MapRoot const& root, MapKey const& query,
                                              base::ByteView encoded);

} // namespace bulla::merkle
