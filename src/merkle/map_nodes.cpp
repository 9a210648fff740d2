#include "merkle/map_nodes.hpp"

namespace bulla::merkle {

MapNodeHash NodeTable::hash_of(MapNodeId node) const {
    if (!is_leaf(node))
        return inner(node).hash;
    auto const& found = row(node);
    return hash_map_leaf(found.key, found.value_hash);
}

MapRow const& NodeTable::row_reached(MapNodeId from, MapKey const& row_key) const {
    while (!is_leaf(from))
        from = inner(from).child(row_key);
    return row(from);
}

std::size_t NodeTable::byte_count() const {
    return map_chunk_size * (inner_.size() * sizeof(MapInner) + leaves_.size() * sizeof(MapLeaf));
}

MapNodeId MapNodes::make_leaf(MapRow const& row) {
    auto const node = take(leaves_, map_leaf_flag);
    table_->leaf(node) = {.row = row};
    return node;
}

MapNodeId MapNodes::make_inner(std::uint8_t bit, MapNodeId left, MapNodeId right, MapNodeHash const& hash) {
    auto const node = take(inner_, 0);
    retain(left);
    retain(right);
    table_->inner(node) = {.hash = hash, .left = left, .right = right, .bit = bit};
    return node;
}

MapNodeId MapNodes::make_inner(std::uint8_t bit, MapNodeId left, MapNodeId right) {
    auto const hash = hash_map_node(bit, table_->hash_of(left), table_->hash_of(right));
    return make_inner(bit, left, right, hash);
}

void MapNodes::release(MapNodeId node) {
    auto& count = references(node);
    CHECK(count > 0);
    if (--count > 0)
        return;
    if (!is_leaf(node)) {
        release(table_->inner(node).left); // at most 256 deep
        release(table_->inner(node).right);
    }
    give_back(node);
}

std::uint32_t& MapNodes::references(MapNodeId node) {
    return is_leaf(node) ? table_->leaf(node).references : table_->inner(node).references;
}

MapNodeId MapNodes::take(Pool& pool, MapNodeId flag) {
    ++pool.used;
    if (pool.free != Pool::none) {
        auto const node = pool.free;
        pool.free = references(node);
        return node;
    }
    CHECK(pool.next < map_leaf_flag - 1);
    if (pool.next % map_chunk_size == 0)
        grow(flag);
    return pool.next++ | flag;
}

void MapNodes::grow(MapNodeId flag) {
    auto grown = std::make_shared<NodeTable>(*table_);
    if (flag == map_leaf_flag)
        grown->leaves_.push_back(std::make_shared<std::array<MapLeaf, map_chunk_size>>());
    else
        grown->inner_.push_back(std::make_shared<std::array<MapInner, map_chunk_size>>());
    table_ = std::move(grown);
}

void MapNodes::give_back(MapNodeId node) {
    auto& pool = is_leaf(node) ? leaves_ : inner_;
    references(node) = pool.free;
    pool.free = node;
    --pool.used;
}

} // namespace bulla::merkle
