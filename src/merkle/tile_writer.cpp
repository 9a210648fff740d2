#include "merkle/tile_writer.hpp"

#include <limits>

namespace bulla::merkle {
namespace {

constexpr std::size_t full_tile_size = std::size_t{tile_width_max} * NodeHash::size;

std::vector<NodeHash> hashes_of(base::ByteView tile) {
    std::vector<NodeHash> hashes;
    for (; tile.size() >= NodeHash::size; tile = tile.subspan(NodeHash::size))
        hashes.push_back(NodeHash::from(tile.first(NodeHash::size)));
    return hashes;
}

void halve(std::vector<NodeHash>& hashes) {
    for (std::size_t index = 0; 2 * index < hashes.size(); ++index)
        hashes[index] = hash_node(hashes[2 * index], hashes[2 * index + 1]);
    hashes.resize(hashes.size() / 2);
}

} // namespace

NodeHash hash_tile(base::ByteView full_tile) {
    CHECK(full_tile.size() == full_tile_size);
    auto hashes = hashes_of(full_tile);
    while (hashes.size() > 1)
        halve(hashes);
    return hashes.front();
}

std::optional<TileWriter> TileWriter::restore(TreeSize size, NewestTiles newest) {
    for (std::uint8_t level = 0; level < tile_levels; ++level) {
        if (newest[level].size() != level_width(size, level) % tile_width_max * NodeHash::size)
            return std::nullopt;
    }
    TileWriter writer;
    writer.size_ = size.number();
    writer.newest_ = std::move(newest);
    return writer;
}

void TileWriter::append(LeafHash const& leaf) {
    CHECK(size_ < std::numeric_limits<std::uint64_t>::max());
    ++size_;
    put(0, as_node(leaf));
}

void TileWriter::put(std::uint8_t level, NodeHash const& hash) {
    auto& tile = newest_[level];
    base::append(tile, hash);
    grew_[level] = 1;
    if (tile.size() < full_tile_size)
        return;
    auto const above = hash_tile(tile);
    auto const number = level_width(size(), level) / tile_width_max - 1;
    completed_[level].push_back({.level = level, .number = number, .hashes = std::move(tile)});
    tile.clear();
    grew_[level] = 0;
    if (level + 1 < tile_levels)
        put(static_cast<std::uint8_t>(level + 1), above);
}

std::vector<Tile> TileWriter::take_changed() {
    std::vector<Tile> changed;
    for (std::uint8_t level = 0; level < tile_levels; ++level) {
        std::ranges::move(completed_[level], std::back_inserter(changed));
        completed_[level].clear();
        if (grew_[level] == 1) {
            auto const number = level_width(size(), level) / tile_width_max;
            changed.push_back({.level = level, .number = number, .hashes = newest_[level]});
        }
        grew_[level] = 0;
    }
    return changed;
}

LogRoot TileWriter::root() const {
    std::optional<NodeHash> top;
    // Smaller subtrees lie to the right: from the lowest level up, in each tile from its last hash to its
    // first.
    for (auto const& tile : newest_) {
        auto hashes = hashes_of(tile);
        while (!hashes.empty()) {
            if (hashes.size() % 2 == 1) {
                top = top ? hash_node(hashes.back(), *top) : hashes.back();
                hashes.pop_back();
            }
            halve(hashes);
        }
    }
    return top ? as_root(*top) : empty_root();
}

} // namespace bulla::merkle
