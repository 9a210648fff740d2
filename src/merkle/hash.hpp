// Hashes, roots and keys of the log tree (RFC 6962 §2.1) and of the two committed maps
// (docs/formats/merkle.md).
//
// All are SHA-256 values or 32-byte keys, and all are different types: a log root never stands for a
// directory root, and nothing that came from a prover can be taken for a leaf hash without saying so. Nothing
// here fails.
//
//   log leaf   SHA-256( 00 ‖ entry )
//   log node   SHA-256( 01 ‖ left[32] ‖ right[32] )
//   map leaf   SHA-256( 00 ‖ key[32] ‖ value hash[32] )
//   map node   SHA-256( 01 ‖ u16be(bit) ‖ left[32] ‖ right[32] )
#pragma once

#include "base/bytes.hpp"
#include "base/ordinal.hpp"

namespace bulla::merkle {

using LeafIndex = base::Ordinal<struct LeafIndexMeaning>; // 0 is the first entry of the log
using TreeSize = base::Ordinal<struct TreeSizeMeaning>; // number of entries

using LeafHash = base::Bytes<struct LeafHashMeaning, 32>; // of one entry's exact stored bytes
using NodeHash = base::Bytes<struct NodeHashMeaning, 32>; // of any complete subtree of the log
using LogRoot = base::Bytes<struct LogRootMeaning, 32>;

LeafHash hash_leaf(base::ByteView entry);
NodeHash hash_node(NodeHash const& left, NodeHash const& right);
LogRoot empty_root(); // SHA-256 of nothing: the root at size 0

inline NodeHash as_node(LeafHash const& leaf) {
    return NodeHash::from(leaf);
}
inline LogRoot as_root(NodeHash const& top) {
    return LogRoot::from(top);
}

using Label = base::Bytes<struct LabelMeaning, 32>; // of an account: VRF output of its username
using MapKey = base::Bytes<struct MapKeyMeaning, 32>; // of a row of either map
using ValueHash = base::Bytes<struct ValueHashMeaning, 32>; // SHA-256 of a row's value
using MapNodeHash = base::Bytes<struct MapNodeHashMeaning, 32>;
using MapRoot = base::Bytes<struct MapRootMeaning, 32>; // of either map, before it is said of which
using DirectoryRoot = base::Bytes<struct DirectoryRootMeaning, 32>;
using NetworkRoot = base::Bytes<struct NetworkRootMeaning, 32>;

inline MapKey map_key(Label const& label) {
    return MapKey::from(label);
}
inline DirectoryRoot as_directory_root(MapRoot const& root) {
    return DirectoryRoot::from(root);
}
inline NetworkRoot as_network_root(MapRoot const& root) {
    return NetworkRoot::from(root);
}
inline MapRoot as_map_root(DirectoryRoot const& root) {
    return MapRoot::from(root);
}
inline MapRoot as_map_root(NetworkRoot const& root) {
    return MapRoot::from(root);
}

ValueHash hash_value(base::ByteView value);
MapNodeHash hash_map_leaf(MapKey const& row_key, ValueHash const& value_hash);
MapNodeHash hash_map_node(std::uint8_t bit, MapNodeHash const& left, MapNodeHash const& right);

// The sentinel keys 00…00 and ff…ff stand in every map from the start; their value is the one byte 00.
MapKey sentinel_low();
MapKey sentinel_high();
ValueHash sentinel_value_hash();
bool is_sentinel(MapKey const& row_key);

// Bit 0 is the most significant bit of byte 0.
constexpr unsigned bit_of(MapKey const& row_key, std::uint8_t bit) {
    return (unsigned{row_key[bit >> 3]} >> (7 - (bit & 7))) & 1;
}

} // namespace bulla::merkle
