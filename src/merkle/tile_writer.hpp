// TileWriter: appends leaf hashes and yields the tiles to store.
//
// It holds the newest tile of each level that is not full (at most 8 · 8,160 bytes). take_changed() returns
// what a block's batch writes: each tile completed since the last call, whole and for ever; and the newest
// tile of each level that grew, which replaces what is stored under its level and number.
#pragma once

#include "merkle/tile.hpp"

#include <array>

namespace bulla::merkle {

struct Tile {
    std::uint8_t level = 0;
    std::uint64_t number = 0;
    base::ByteBuffer hashes; // 32 · width bytes
    std::uint16_t width() const { return static_cast<std::uint16_t>(hashes.size() / NodeHash::size); }
    friend bool operator==(Tile const&, Tile const&) = default;
};

// The hash of a full tile: the hash one level up.
NodeHash hash_tile(base::ByteView full_tile);

class TileWriter {
public:
    using NewestTiles = std::array<base::ByteBuffer, tile_levels>;

    TileWriter() = default; // the empty tree

    // From the stored newest tiles, one a level, an empty buffer where the level's width is a multiple of
    // 256. Nothing when a tile has another length than the size implies.
    static std::optional<TileWriter> restore(TreeSize size, NewestTiles newest);

    void append(LeafHash const& leaf);
    std::vector<Tile> take_changed(); // ascending by level, then number

    TreeSize size() const { return TreeSize{size_}; }
    // From the tiles alone, independent of any Frontier: compare the two before signing.
    LogRoot root() const;

private:
    void put(std::uint8_t level, NodeHash const& hash);

    std::uint64_t size_ = 0;
    NewestTiles newest_;
    std::array<std::vector<Tile>, tile_levels> completed_;
    std::array<std::uint8_t, tile_levels> grew_{}; // 1: newest_ differs from what was last taken
};

} // namespace bulla::merkle
