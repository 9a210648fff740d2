// Building and changing the trees of committed maps out of MapNodes; the part of CommittedMap that shapes
// them.
#pragma once

#include "merkle/map_nodes.hpp"

namespace bulla::merkle {

inline constexpr unsigned map_key_bits = 256;

// The first bit in which the keys differ; map_key_bits when they are equal.
unsigned first_difference(MapKey const& left, MapKey const& right);

// The tree of the rows and the two sentinels. Rows strictly ascending, without sentinels: the caller has
// checked. The root is not retained. With inner_hashes (pre-order, rows.size() + 1) nothing is hashed.
MapNodeId build_tree(MapNodes& nodes, std::span<MapRow const> rows,
                     std::optional<std::span<MapNodeHash const>> inner_hashes);

// A change, and where its key leaves a certain tree: map_key_bits when the key is in it.
struct PlacedChange {
    MapKey row_key;
    std::optional<ValueHash> value_hash;
    unsigned leaves_at = map_key_bits;
};

// Ascending by key, the last change of each key alone, without those that change nothing.
std::vector<PlacedChange> place_changes(NodeTable const& table, MapNodeId root,
                                        std::span<MapChange const> changes);

// The root of the changed tree, not retained; the old one stays. `changes` are placed in this tree.
MapNodeId change_tree(MapNodes& nodes, MapNodeId root, std::span<PlacedChange const> changes);

} // namespace bulla::merkle
