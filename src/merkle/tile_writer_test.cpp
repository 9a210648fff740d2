#include "merkle/tile_writer.hpp"

#include "merkle/frontier.hpp"
#include "support/naive_log.hpp"

#include <gtest/gtest.h>

namespace bulla::merkle {
namespace {

// Growth in blocks of a few entries across the first full tile of level 1 (65,536 entries) would be slow; the
// sizes here cross many tiles of level 0.
constexpr std::uint64_t size_max = 1100;

TEST(TileWriter, stores_the_hashes_that_the_tiles_are_defined_to_hold) {
    test::NaiveLog log;
    auto const stored = test::StoredTiles::of_size(size_max);
    for (auto const& [place, tile] : stored.tiles) {
        auto const [level, number] = place;
        auto const width = tile.size() / NodeHash::size;
        auto const count = std::uint64_t{1} << (8 * level);
        for (std::uint64_t index = 0; index < width; ++index) {
            auto const hash =
                NodeHash::from(base::ByteView(tile).subspan(NodeHash::size * index, NodeHash::size));
            ASSERT_EQ(hash, log.tree_hash((number * tile_width_max + index) * count, count));
        }
    }
    std::uint64_t hashes = 0;
    for (auto const& [place, tile] : stored.tiles)
        hashes += tile.size() / NodeHash::size;
    EXPECT_EQ(hashes, size_max + size_max / tile_width_max);
}

TEST(TileWriter, yields_exactly_the_tiles_of_growth) {
    TileWriter writer;
    std::uint64_t size = 0;
    for (auto const growth : {1, 0, 2, 252, 1, 1, 255, 256, 3, 300}) {
        auto const before = size;
        for (auto left = growth; left > 0; --left)
            writer.append(test::numbered_leaf(size++));
        std::vector<TileId> changed;
        for (auto const& tile : writer.take_changed())
            changed.push_back({.level = tile.level, .number = tile.number, .width = tile.width()});
        EXPECT_EQ(changed, tiles_of_growth(TreeSize{before}, TreeSize{size})) << before << " to " << size;
    }
}

TEST(TileWriter, has_the_root_of_the_frontier_at_every_size) {
    TileWriter writer;
    Frontier frontier;
    for (std::uint64_t size = 0; size <= size_max; ++size) {
        ASSERT_EQ(writer.root(), frontier.root()) << size;
        writer.append(test::numbered_leaf(size));
        frontier.append(test::numbered_leaf(size));
    }
}

TEST(TileWriter, has_the_root_of_the_frontier_around_a_full_tile_of_level_1) {
    TileWriter writer;
    Frontier frontier;
    test::StoredTiles stored;
    for (std::uint64_t index = 0; index < 65'537; ++index) {
        writer.append(test::numbered_leaf(index));
        frontier.append(test::numbered_leaf(index));
        if (index >= 65'534) {
            stored.put(writer.take_changed());
            ASSERT_EQ(writer.root(), frontier.root());
            ASSERT_EQ(load_root(stored, writer.size()).value(), frontier.root());
        }
    }
    EXPECT_EQ(stored.tiles.at({2, 0}).size(), NodeHash::size);
    EXPECT_EQ(stored.tiles.at({1, 0}).size(), 256 * NodeHash::size);
}

TEST(TileWriter, goes_on_from_its_newest_tiles_as_if_never_interrupted) {
    for (std::uint64_t const size : {0u, 1u, 255u, 256u, 257u, 600u}) {
        auto stored = test::StoredTiles::of_size(size);
        TileWriter::NewestTiles newest;
        for (std::uint8_t level = 0; level < tile_levels; ++level) {
            auto const width = level_width(TreeSize{size}, level);
            if (width % tile_width_max != 0)
                newest[level] = stored.read_tile(level, width / tile_width_max).value();
        }
        auto writer = TileWriter::restore(TreeSize{size}, newest).value();
        EXPECT_TRUE(writer.take_changed().empty());
        for (auto index = size; index < size + 300; ++index)
            writer.append(test::numbered_leaf(index));
        stored.put(writer.take_changed());
        EXPECT_EQ(stored.tiles, test::StoredTiles::of_size(size + 300).tiles) << size;
    }
}

TEST(TileWriter, is_not_restored_from_tiles_of_another_length) {
    TileWriter::NewestTiles newest;
    newest[0] = base::ByteBuffer(3 * NodeHash::size);
    EXPECT_TRUE(TileWriter::restore(TreeSize{3}, newest));
    EXPECT_FALSE(TileWriter::restore(TreeSize{2}, newest));
    EXPECT_FALSE(TileWriter::restore(TreeSize{259}, newest));
    newest[0].push_back(0);
    EXPECT_FALSE(TileWriter::restore(TreeSize{3}, newest));
}

} // namespace
} // namespace bulla::merkle
