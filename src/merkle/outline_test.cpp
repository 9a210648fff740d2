#include "merkle/outline.hpp"

#include "support/naive_log.hpp"

#include <gtest/gtest.h>

namespace bulla::merkle {
namespace {

struct Parts {
    std::vector<NodeHash> full;
    std::vector<LeafHash> rest;
};
Parts parts_of(test::NaiveLog& log, std::uint64_t size) {
    Parts parts;
    for (std::uint64_t number = 0; number < size / tile_width_max; ++number)
        parts.full.push_back(log.tree_hash(number * tile_width_max, tile_width_max));
    for (auto index = size - size % tile_width_max; index < size; ++index)
        parts.rest.push_back(test::numbered_leaf(index));
    return parts;
}

// Entries of a bundle, and the views of them.
std::vector<base::ByteBuffer> entries_from(std::uint64_t first, std::uint64_t count) {
    std::vector<base::ByteBuffer> entries;
    for (auto index = first; index < first + count; ++index)
        entries.push_back(base::concat(base::u64be(index)));
    return entries;
}
std::vector<base::ByteView> views(std::vector<base::ByteBuffer> const& entries) {
    return {entries.begin(), entries.end()};
}

TEST(Outline, of_a_log_makes_its_root_at_every_size) {
    test::NaiveLog log;
    for (std::uint64_t const size :
         std::to_array<std::uint64_t>({0, 1, 2, 255, 256, 257, 511, 512, 513, 768, 1023, 1024, 1791, 2049})) {
        auto const parts = parts_of(log, size);
        auto const outline = Outline::check(parts.full, parts.rest, log.root(size));
        ASSERT_TRUE(outline) << size;
        EXPECT_EQ(outline->size(), size);
        EXPECT_EQ(outline->bundle_count(), (size + tile_width_max - 1) / tile_width_max);
    }
}

TEST(Outline, of_another_log_is_refused) {
    test::NaiveLog log;
    auto const good = parts_of(log, 1000);
    EXPECT_FALSE(Outline::check(good.full, good.rest, log.root(999)));
    EXPECT_FALSE(Outline::check(good.full, good.rest, empty_root()));
    for (auto& hash : parts_of(log, 1000).full) {
        auto changed = good;
        std::ranges::replace(changed.full, hash, hash_node(hash, hash));
        EXPECT_FALSE(Outline::check(changed.full, changed.rest, log.root(1000)));
    }
    auto shorter = good;
    shorter.rest.pop_back();
    EXPECT_FALSE(Outline::check(shorter.full, shorter.rest, log.root(1000)));
    auto swapped = good;
    std::swap(swapped.full[0], swapped.full[1]);
    EXPECT_FALSE(Outline::check(swapped.full, swapped.rest, log.root(1000)));
    // A full bundle is no rest: it would be a tree of another shape, or the same said twice.
    std::vector<LeafHash> whole;
    for (std::uint64_t index = 0; index < tile_width_max; ++index)
        whole.push_back(test::numbered_leaf(index));
    EXPECT_FALSE(Outline::check({}, whole, log.root(tile_width_max)));
}

TEST(Outline, tells_the_entries_of_a_bundle_from_all_others) {
    test::NaiveLog log;
    auto const parts = parts_of(log, 600);
    auto const outline = Outline::check(parts.full, parts.rest, log.root(600)).value();
    for (std::uint64_t number = 0; number < outline.bundle_count(); ++number) {
        auto const bundle = outline.bundle(number);
        EXPECT_EQ(bundle.width, number < 2 ? 256 : 88);
        auto entries = entries_from(number * tile_width_max, bundle.width);
        EXPECT_TRUE(outline.has(number, views(entries)));
        for (std::uint64_t other = 0; other < outline.bundle_count(); ++other)
            EXPECT_EQ(outline.has(other, views(entries)), other == number);
        std::swap(entries.front(), entries.back());
        EXPECT_FALSE(outline.has(number, views(entries)));
        std::swap(entries.front(), entries.back());
        entries.back().push_back(0);
        EXPECT_FALSE(outline.has(number, views(entries)));
        entries.pop_back();
        EXPECT_FALSE(outline.has(number, views(entries)));
    }
}

} // namespace
} // namespace bulla::merkle
