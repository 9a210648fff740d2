// The nodes of committed maps: two pools of fixed-size nodes with 32-bit ids and reference counts.
//
//  1. A node's references are the inner nodes it is a child of, and the roots that retain() was called for.
//     At zero, after release(), it is free and its id is used again.
//  2. Key, value hash, bit, children and hash of a node in use never change; only its count does. So a thread
//     may read the nodes below a retained root through its own NodeTable while the one writer works.
//  3. Chunks never move. Growth makes a new NodeTable; an older one still finds every node it ever did.
//
// An inner node takes 48 bytes, a leaf 68. This part of CommittedMap has no locks of its own.
#pragma once

#include "merkle/committed_map.hpp"

namespace bulla::merkle {

using MapNodeId = std::uint32_t;
inline constexpr MapNodeId map_leaf_flag = 0x8000'0000; // set in the ids of leaves
inline constexpr std::size_t map_chunk_size = 4096; // nodes

constexpr bool is_leaf(MapNodeId node) {
    return (node & map_leaf_flag) != 0;
}

struct MapInner {
    MapNodeHash hash;
    MapNodeId left = 0;
    MapNodeId right = 0;
    std::uint32_t references = 0; // of a free node: the next free one
    std::uint8_t bit = 0;
    MapNodeId child(MapKey const& row_key) const { return bit_of(row_key, bit) == 0 ? left : right; }
    MapNodeId other_child(MapKey const& row_key) const { return bit_of(row_key, bit) == 0 ? right : left; }
};

struct MapLeaf {
    MapRow row;
    std::uint32_t references = 0; // of a free node: the next free one
};
static_assert(sizeof(MapInner) == 48 && sizeof(MapLeaf) == 68);

// Finds nodes by their ids.
class NodeTable {
public:
    MapInner const& inner(MapNodeId node) const { return (*inner_[place(node).chunk])[place(node).offset]; }
    MapRow const& row(MapNodeId node) const { return (*leaves_[place(node).chunk])[place(node).offset].row; }
    MapNodeHash hash_of(MapNodeId node) const; // a leaf's is computed
    // The leaf at the end of the key's way.
    MapRow const& row_reached(MapNodeId from, MapKey const& row_key) const;
    std::size_t byte_count() const;

private:
    friend class MapNodes;
    struct Place {
        std::size_t chunk = 0;
        std::size_t offset = 0;
    };
    static Place place(MapNodeId node) {
        auto const number = node & ~map_leaf_flag;
        return {number / map_chunk_size, number % map_chunk_size};
    }
    MapInner& inner(MapNodeId node) { return (*inner_[place(node).chunk])[place(node).offset]; }
    MapLeaf& leaf(MapNodeId node) { return (*leaves_[place(node).chunk])[place(node).offset]; }

    std::vector<std::shared_ptr<std::array<MapInner, map_chunk_size>>> inner_;
    std::vector<std::shared_ptr<std::array<MapLeaf, map_chunk_size>>> leaves_;
};

// The writer's side.
class MapNodes {
public:
    MapNodeId make_leaf(MapRow const& row);
    // The hash is believed.
    MapNodeId make_inner(std::uint8_t bit, MapNodeId left, MapNodeId right, MapNodeHash const& hash);
    MapNodeId make_inner(std::uint8_t bit, MapNodeId left, MapNodeId right); // hashes

    void retain(MapNodeId node) { ++references(node); }
    void release(MapNodeId node);

    NodeTable const& table() const { return *table_; }
    std::shared_ptr<NodeTable const> share_table() const { return table_; }
    std::size_t inner_count() const { return inner_.used; }
    std::size_t leaf_count() const { return leaves_.used; }

private:
    struct Pool {
        std::uint32_t next = 0; // of the ids never used
        std::uint32_t used = 0;
        std::uint32_t free = none;
        static constexpr std::uint32_t none = 0xffff'ffff;
    };
    std::uint32_t& references(MapNodeId node);
    MapNodeId take(Pool& pool, MapNodeId flag);
    void grow(MapNodeId flag);
    void give_back(MapNodeId node);

    std::shared_ptr<NodeTable> table_ = std::make_shared<NodeTable>(); // a new one at each growth
    Pool inner_;
    Pool leaves_;
};

} // namespace bulla::merkle
