#include "merkle/tile.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace bulla::merkle {
namespace {

constexpr std::uint64_t number_max = std::numeric_limits<std::uint64_t>::max();

TEST(TilePath, prints_the_numbers_of_the_specification) {
    EXPECT_EQ(tile_path(TileId{.level = 0, .number = 1234067}), "tile/0/x001/x234/067");
    EXPECT_EQ(tile_path(TileId{.level = 0, .number = 0}), "tile/0/000");
    EXPECT_EQ(tile_path(TileId{.level = 0, .number = 999}), "tile/0/999");
    EXPECT_EQ(tile_path(TileId{.level = 0, .number = 1000}), "tile/0/x001/000");
    EXPECT_EQ(tile_path(TileId{.level = 1, .number = 1, .width = 17}), "tile/1/001.p/17");
    EXPECT_EQ(tile_path(BundleId{.number = 273, .width = 112}), "tile/entries/273.p/112");
    EXPECT_EQ(tile_path(TileId{.level = 63, .number = number_max}),
              "tile/63/x018/x446/x744/x073/x709/x551/615");
}

TEST(TilePath, has_no_second_spelling) {
    EXPECT_TRUE(parse_tile_path("tile/0/x001/000"));
    EXPECT_TRUE(parse_tile_path("tile/0/x018/x446/x744/x073/x709/x551/615.p/255"));
    EXPECT_TRUE(parse_tile_path("tile/entries/000"));
    constexpr std::array others{
        // clang-format off
        "", "tile", "tile/", "tile//", "tile/0", "tile/0/", "tile/0/1", "tile/0/0000",
        "tile/0/x000/001", "tile/0/x1/001", "tile/0/x001/1", "tile/0/001/", "/tile/0/001",
        "tile/0/001.p", "tile/0/001.p/", "tile/0/001.p/0", "tile/0/001.p/256", "tile/0/001.p/01",
        "tile/0/001.p/1/", "tile/0/001.p/+1", "tile/0/001.p/1.p/1", "tile/00/001", "tile/64/001",
        "tile/-1/001", "tile/+1/001", "tile/0/+01", "tile/0/0x1", "tile/0/x001x000", "tile/0/x001//000",
        "tile/0/001/000", "tile/0/x001/x000", "tile/0/X001/000", "tile/Entries/000", "tile/entries/",
        "tile/entries", "tile/0/x018/x446/x744/x073/x709/x551/616",
        "tile/0/x001/x018/x446/x744/x073/x709/x551/615", "tile/8/0/003.p/232", "tile/0/001 ",
        "tile/0/001\n", "tile/0/0\u0661",
        // clang-format on
    };
    for (auto const* path : others)
        EXPECT_FALSE(parse_tile_path(path)) << path;
}

RC_GTEST_PROP(TilePath, parses_back_to_what_it_names, ()) {
    auto const shift = *rc::gen::inRange(0, 64);
    TileId const tile{.level = *rc::gen::inRange<std::uint8_t>(0, 64),
                      .number = *rc::gen::arbitrary<std::uint64_t>() >> shift,
                      .width = *rc::gen::inRange<std::uint16_t>(1, 257)};
    BundleId const bundle{.number = tile.number, .width = tile.width};
    RC_ASSERT(parse_tile_path(tile_path(tile)) == TileResource{tile});
    RC_ASSERT(parse_tile_path(tile_path(bundle)) == TileResource{bundle});
}

RC_GTEST_PROP(TilePath, accepts_only_what_it_prints, ()) {
    auto path = tile_path(TileId{.level = *rc::gen::inRange<std::uint8_t>(0, 9),
                                 .number = *rc::gen::inRange<std::uint64_t>(0, 3'000'000),
                                 .width = *rc::gen::inRange<std::uint16_t>(1, 257)});
    path[*rc::gen::inRange<std::size_t>(0, path.size())] =
        *rc::gen::elementOf(std::string("0123456789x/.p+- e"));
    auto const parsed = parse_tile_path(path);
    if (parsed)
        RC_ASSERT(std::visit([](auto const& id) { return tile_path(id); }, *parsed) == path);
}

TEST(Tiles, of_size_70000_are_those_of_the_specification) {
    auto const tiles = tiles_of_growth(TreeSize{0}, TreeSize{70'000});
    ASSERT_EQ(tiles.size(), 274u + 2u + 1u);
    EXPECT_EQ(tile_path(tiles[273]), "tile/0/273.p/112");
    EXPECT_EQ(tile_path(tiles[274]), "tile/1/000");
    EXPECT_EQ(tile_path(tiles[275]), "tile/1/001.p/17");
    EXPECT_EQ(tile_path(tiles[276]), "tile/2/000.p/1");
}

TEST(Tiles, of_size_256_are_one_full_and_one_of_width_1) {
    EXPECT_EQ(tiles_of_growth(TreeSize{0}, TreeSize{256}),
              (std::vector<TileId>{{.level = 0, .number = 0}, {.level = 1, .number = 0, .width = 1}}));
    EXPECT_EQ(bundles_of_growth(TreeSize{0}, TreeSize{256}), (std::vector<BundleId>{{.number = 0}}));
}

TEST(Tiles, newest_leaf_tile_of_size_1000_is_that_of_the_specification) {
    EXPECT_EQ(tile_path(tiles_of_growth(TreeSize{999}, TreeSize{1000}).front()), "tile/0/003.p/232");
}

TEST(Tiles, of_no_growth_are_none) {
    EXPECT_TRUE(tiles_of_growth(TreeSize{0}, TreeSize{0}).empty());
    EXPECT_TRUE(tiles_of_growth(TreeSize{70'000}, TreeSize{70'000}).empty());
    EXPECT_TRUE(bundles_of_growth(TreeSize{300}, TreeSize{300}).empty());
    EXPECT_TRUE(tiles_of_growth(TreeSize{number_max}, TreeSize{number_max}).empty());
}

TEST(Tiles, of_growth_leave_out_what_was_full_before) {
    EXPECT_EQ(tiles_of_growth(TreeSize{256}, TreeSize{513}),
              (std::vector<TileId>{{.level = 0, .number = 1},
                                   {.level = 0, .number = 2, .width = 1},
                                   {.level = 1, .number = 0, .width = 2}}));
    EXPECT_EQ(bundles_of_growth(TreeSize{255}, TreeSize{257}),
              (std::vector<BundleId>{{.number = 0}, {.number = 1, .width = 1}}));
}

RC_GTEST_PROP(Tiles, of_growth_are_in_the_new_tree_and_not_in_the_old, ()) {
    auto const from = *rc::gen::inRange<std::uint64_t>(0, 200'000);
    auto const to = from + *rc::gen::inRange<std::uint64_t>(0, 2'000);
    for (auto const& tile : tiles_of_growth(TreeSize{from}, TreeSize{to})) {
        RC_ASSERT(is_in_tree(tile, TreeSize{to}));
        RC_ASSERT(!is_in_tree(tile, TreeSize{from}));
    }
}

TEST(Tiles, in_a_tree_are_exactly_those_its_size_implies) {
    TreeSize const size{1000};
    EXPECT_TRUE(is_in_tree(TileId{.level = 0, .number = 2}, size));
    EXPECT_TRUE(is_in_tree(TileId{.level = 0, .number = 2, .width = 5}, size));
    EXPECT_TRUE(is_in_tree(TileId{.level = 0, .number = 3, .width = 232}, size));
    EXPECT_FALSE(is_in_tree(TileId{.level = 0, .number = 3, .width = 233}, size));
    EXPECT_FALSE(is_in_tree(TileId{.level = 0, .number = 3}, size));
    EXPECT_FALSE(is_in_tree(TileId{.level = 0, .number = 4, .width = 1}, size));
    EXPECT_FALSE(is_in_tree(TileId{.level = 2, .number = 0, .width = 1}, size));
    EXPECT_FALSE(is_in_tree(TileId{.level = 63, .number = 0, .width = 1}, size));
    EXPECT_FALSE(is_in_tree(TileId{.level = 0, .number = number_max}, size));
    EXPECT_TRUE(is_in_tree(BundleId{.number = 3, .width = 232}, size));
    EXPECT_FALSE(is_in_tree(BundleId{.number = 3}, size));
}

RC_GTEST_PROP(Bundle, gives_its_entries_back, ()) {
    auto const entries = *rc::gen::container<std::vector<base::ByteBuffer>>(
        rc::gen::container<base::ByteBuffer>(rc::gen::arbitrary<std::uint8_t>()));
    std::vector<base::ByteView> const views(entries.begin(), entries.end());
    auto const bundle = encode_bundle(views);
    auto const parsed = parse_bundle(bundle, static_cast<std::uint16_t>(views.size()));
    RC_ASSERT(parsed.has_value());
    RC_ASSERT(
        std::ranges::equal(*parsed, entries, [](auto a, auto const& b) { return std::ranges::equal(a, b); }));
}

TEST(Bundle, of_another_width_or_length_is_refused) {
    auto const bundle = encode_bundle({base::as_bytes("first"), base::as_bytes(""), base::as_bytes("third")});
    EXPECT_TRUE(parse_bundle(bundle, 3));
    EXPECT_FALSE(parse_bundle(bundle, 2));
    EXPECT_FALSE(parse_bundle(bundle, 4));
    for (std::size_t size = 0; size < bundle.size(); ++size)
        EXPECT_FALSE(parse_bundle(base::ByteView(bundle).first(size), 3)) << size;
}

TEST(Bundle, holds_an_entry_of_the_greatest_size) {
    base::ByteBuffer const entry(bundle_entry_size_max, 7);
    auto const bundle = encode_bundle({entry});
    ASSERT_EQ(bundle.size(), 2 + entry.size());
    EXPECT_TRUE(std::ranges::equal(parse_bundle(bundle, 1).value().front(), entry));
}

} // namespace
} // namespace bulla::merkle
