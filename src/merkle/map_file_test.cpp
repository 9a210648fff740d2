#include "merkle/map_file.hpp"

#include "support/map_files.hpp"
#include "support/naive_map.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace bulla::merkle {
namespace {

using test::with_new_checksum;
using Changes = std::vector<MapChange>;

MapFilePlace example_place() {
    return {.height = 7, .block = hash_leaf(base::as_bytes("block entry"))};
}

base::ByteBuffer file_of(CommittedMap const& map) {
    base::ByteBuffer bytes;
    write_map_file(map, example_place(), [&](base::ByteView piece) { base::append(bytes, piece); });
    return bytes;
}

CommittedMap map_of_hashed_keys(std::uint64_t count) {
    Changes changes;
    for (std::uint64_t seed = 0; seed < count; ++seed)
        changes.push_back({.key = test::hashed_key(seed), .value_hash = hash_value({})});
    return CommittedMap().apply(changes);
}

MapFileFault fault_of(base::ByteView bytes) {
    return parse_map_file_unverified(bytes).error();
}

RC_GTEST_PROP(MapFile, gives_its_map_back, (Changes changes)) {
    auto const map = CommittedMap().apply(changes);
    auto const bytes = file_of(map);
    RC_ASSERT(bytes.size() == 22 + 8 + 32 + 32 + 8 + 64 * map.size() + 32 * (map.size() + 1) + 32);
    RC_ASSERT(bytes.size() == map_file_size(map.size()));
    auto const file = parse_map_file_unverified(bytes).value();
    RC_ASSERT(file.place == example_place());
    RC_ASSERT(file.map.root() == map.root());
    RC_ASSERT(file.map.has_true_hashes());
    RC_ASSERT(file_of(file.map) == bytes);
}

TEST(MapFile, of_several_pieces_gives_its_map_back) {
    auto const map = map_of_hashed_keys(25'000);
    base::ByteBuffer bytes;
    std::vector<std::size_t> pieces;
    write_map_file(map, example_place(), [&](base::ByteView piece) {
        pieces.push_back(piece.size());
        base::append(bytes, piece);
    });
    EXPECT_EQ(pieces, (std::vector<std::size_t>{1'048'576, 1'048'576, bytes.size() - 2'097'152 - 32, 32}));
    EXPECT_EQ(parse_map_file_unverified(bytes).value().map.root(), map.root());
    bytes[2'000'000] ^= 1;
    EXPECT_EQ(fault_of(bytes), MapFileFault::wrong_checksum);
}

// G21
TEST(MapFile, with_any_byte_changed_is_refused) {
    auto const good = file_of(map_of_hashed_keys(5));
    for (std::size_t index = 0; index < good.size(); ++index) {
        auto changed = good;
        changed[index] ^= 0x40;
        ASSERT_FALSE(parse_map_file_unverified(changed)) << index;
    }
}

TEST(MapFile, cut_or_lengthened_is_refused) {
    auto good = file_of(map_of_hashed_keys(5));
    for (std::size_t size = 0; size < good.size(); ++size)
        ASSERT_EQ(fault_of(base::ByteView(good).first(size)), MapFileFault::malformed) << size;
    good.push_back(0);
    EXPECT_EQ(fault_of(good), MapFileFault::malformed);
    good.resize(good.size() + 95);
    EXPECT_EQ(fault_of(good), MapFileFault::malformed);
}

TEST(MapFile, with_an_absurd_count_is_refused_before_memory_is_taken) {
    auto bytes = file_of(CommittedMap());
    std::ranges::fill(std::span(bytes).subspan(22 + 8 + 32 + 32, 8), std::uint8_t{0xff});
    EXPECT_EQ(fault_of(bytes), MapFileFault::malformed);
}

TEST(MapFile, whose_rows_are_out_of_order_is_refused_though_its_checksum_is_good) {
    auto bytes = file_of(map_of_hashed_keys(2));
    EXPECT_TRUE(parse_map_file_unverified(with_new_checksum(bytes)));
    auto const rows = bytes.begin() + 102;
    std::swap_ranges(rows, rows + 64, rows + 64);
    EXPECT_EQ(fault_of(with_new_checksum(bytes)), MapFileFault::wrong_rows);
}

TEST(MapFile, that_names_another_root_is_refused_though_its_checksum_is_good) {
    auto bytes = file_of(map_of_hashed_keys(2));
    bytes[22 + 8 + 32] ^= 1;
    EXPECT_EQ(fault_of(with_new_checksum(bytes)), MapFileFault::wrong_root);
}

TEST(MapFile, with_a_false_hash_below_the_root_is_believed_until_its_hashes_are_checked) {
    auto bytes = file_of(map_of_hashed_keys(2));
    bytes[bytes.size() - 33] ^= 1; // the last inner hash
    auto const file = parse_map_file_unverified(with_new_checksum(bytes)).value();
    EXPECT_FALSE(file.map.has_true_hashes());
}

} // namespace
} // namespace bulla::merkle
