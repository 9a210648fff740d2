#include "merkle/committed_map.hpp"

#include "base/encoding.hpp"
#include "support/naive_map.hpp"
#include "support/vectors.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <random>

namespace bulla::merkle {
namespace {

using Changes = std::vector<MapChange>;

void change_rows(test::NaiveRows& rows, Changes const& changes) {
    for (auto const& change : changes) {
        if (change.value_hash)
            rows.insert_or_assign(change.key, *change.value_hash);
        else
            rows.erase(change.key);
    }
}

CommittedMap map_of(test::NaiveRows const& rows) {
    return CommittedMap::build(test::rows_of(rows)).value();
}

// The rows of the worked example in docs/formats/merkle.md.
MapChange example_row(std::string_view name, std::uint8_t last_index) {
    auto const digest = [](std::string const& text) { return crypto::sha256(base::as_bytes(text)); };
    auto const numbers = test::from_hex("0101000000000000000100000000000000");
    auto const value = base::concat(numbers, std::array{last_index}, digest("head" + std::string(name)),
                                    digest("state" + std::string(name)));
    EXPECT_EQ(value.size(), 82u);
    return {.key = MapKey::from(digest(std::string(name))), .value_hash = hash_value(value)};
}

TEST(CommittedMap, has_the_root_of_the_worked_example) {
    CommittedMap const genesis;
    EXPECT_EQ(base::to_hex(genesis.root()),
              "8c45cc02ed390e20310f13238305b195cb3fcafff551930a2c7f512992092ed4");
    auto const map = genesis.apply(Changes{example_row("alice", 3), example_row("bob", 4)});
    EXPECT_EQ(base::to_hex(map.root()), "9fd361246c63ed49585e135aa2be4331ee6fae2550ffcdd93c195fdbd87c1c09");
    EXPECT_EQ(map.size(), 2u);
    EXPECT_EQ(genesis.size(), 0u);
}

TEST(CommittedMap, has_the_inner_hashes_of_the_worked_example_in_pre_order) {
    auto const map = CommittedMap().apply(Changes{example_row("bob", 4), example_row("alice", 3)});
    std::vector<std::string> hashes;
    map.for_each_inner_hash([&](MapNodeHash const& hash) { hashes.push_back(base::to_hex(hash)); });
    EXPECT_EQ(hashes, (std::vector<std::string>{
                          "9fd361246c63ed49585e135aa2be4331ee6fae2550ffcdd93c195fdbd87c1c09",
                          "3b2097b16ebbc776f29a0bc5c0e06e9375cecfd9cf87b028fbe63f3cad5fd6af",
                          "dd2f0f2c8e7cfe98ab5f3140fc6dc6ed16c35d01818624a0dac3e41682095e35",
                      }));
}

TEST(CommittedMap, hides_its_sentinels) {
    CommittedMap const map;
    EXPECT_EQ(map.find(sentinel_low()), std::nullopt);
    EXPECT_EQ(map.find(sentinel_high()), std::nullopt);
    map.for_each_row([](MapRow const&) { ADD_FAILURE(); });
}

RC_GTEST_PROP(CommittedMap, is_after_every_block_what_a_rebuild_from_all_rows_gives, ()) {
    auto const blocks = *rc::gen::container<std::vector<Changes>>(*rc::gen::inRange<std::size_t>(1, 6),
                                                                  rc::gen::arbitrary<Changes>());
    CommittedMap map;
    test::NaiveRows rows;
    for (auto const& changes : blocks) {
        map = map.apply(changes);
        change_rows(rows, changes);
        RC_ASSERT(map.root() == test::naive_root(rows));
        RC_ASSERT(map.size() == rows.size());
        RC_ASSERT(map.has_true_hashes());
        std::vector<MapRow> listed;
        map.for_each_row([&](MapRow const& row) { listed.push_back(row); });
        RC_ASSERT(listed == test::rows_of(rows));
    }
}

RC_GTEST_PROP(CommittedMap, does_not_depend_on_the_order_of_insertion, (Changes changes)) {
    test::NaiveRows rows;
    change_rows(rows, changes);
    auto list = test::rows_of(rows);
    std::ranges::shuffle(list, std::mt19937(*rc::gen::arbitrary<unsigned>()));
    CommittedMap map;
    for (auto const& row : list)
        map = map.apply(Changes{{.key = row.key, .value_hash = row.value_hash}});
    RC_ASSERT(map.root() == map_of(rows).root());
}

RC_GTEST_PROP(CommittedMap, changed_in_one_batch_equals_one_changed_step_by_step,
              (Changes before, Changes changes)) {
    auto const start = CommittedMap().apply(before);
    auto single = start;
    for (auto const& change : changes)
        single = single.apply(Changes{change});
    RC_ASSERT(start.apply(changes).root() == single.root());
}

RC_GTEST_PROP(CommittedMap, finds_what_was_put_and_nothing_else, (Changes changes)) {
    test::NaiveRows rows;
    change_rows(rows, changes);
    auto const map = CommittedMap().apply(changes);
    for (auto const& [key, value_hash] : rows)
        RC_ASSERT(map.find(key) == value_hash);
    auto const other = *test::any_key();
    RC_ASSERT(map.find(other).has_value() == rows.contains(other));
}

RC_GTEST_PROP(CommittedMap, of_a_snapshot_is_unaffected_by_later_changes, ()) {
    auto const blocks = *rc::gen::container<std::vector<Changes>>(5, rc::gen::arbitrary<Changes>());
    std::vector<CommittedMap> snapshots{CommittedMap()};
    std::vector<test::NaiveRows> models{{}};
    for (auto const& changes : blocks) {
        // Any snapshot may be the base, as when blocks are proposed and dropped; and any may end meanwhile.
        auto const base = *rc::gen::inRange<std::size_t>(0, snapshots.size());
        snapshots.push_back(snapshots[base].apply(changes));
        models.push_back(models[base]);
        change_rows(models.back(), changes);
        auto const ended = *rc::gen::inRange<std::size_t>(0, snapshots.size());
        snapshots.erase(snapshots.begin() + static_cast<std::ptrdiff_t>(ended));
        models.erase(models.begin() + static_cast<std::ptrdiff_t>(ended));
        if (snapshots.empty()) {
            snapshots.emplace_back();
            models.emplace_back();
        }
        for (std::size_t index = 0; index < snapshots.size(); ++index) {
            RC_ASSERT(snapshots[index].root() == test::naive_root(models[index]));
            RC_ASSERT(snapshots[index].has_true_hashes());
        }
    }
}

RC_GTEST_PROP(CommittedMap, keeps_no_node_that_no_snapshot_reaches, ()) {
    auto const blocks = *rc::gen::container<std::vector<Changes>>(6, rc::gen::arbitrary<Changes>());
    CommittedMap map;
    for (auto const& changes : blocks) {
        auto const dropped = map.apply(changes);
        map = map.apply(*rc::gen::arbitrary<Changes>());
    }
    auto const footprint = map.footprint();
    RC_ASSERT(footprint.leaves == map.size() + 2);
    RC_ASSERT(footprint.inner_nodes == map.size() + 1);
}

TEST(CommittedMap, frees_the_nodes_of_a_snapshot_when_its_last_copy_ends) {
    auto map = CommittedMap().apply(Changes{example_row("alice", 3), example_row("bob", 4)});
    auto old = std::optional(map);
    map = map.apply(Changes{example_row("alice", 5)});
    auto const with_old = map.footprint();
    EXPECT_EQ(with_old.leaves, 5u);
    EXPECT_EQ(with_old.inner_nodes, 5u); // root and its left side copied
    old.reset();
    EXPECT_EQ(map.footprint().leaves, 4u);
    EXPECT_EQ(map.footprint().inner_nodes, 3u);
}

TEST(CommittedMap, does_not_grow_when_it_is_changed_for_ever) {
    CommittedMap map;
    Changes changes;
    for (std::uint64_t seed = 0; seed < 200; ++seed)
        changes.push_back({.key = test::hashed_key(seed), .value_hash = hash_value({})});
    map = map.apply(changes);
    auto const bytes = map.footprint().bytes;
    for (std::uint8_t round = 0; round < 100; ++round) {
        for (auto& change : changes)
            change.value_hash = hash_value(std::array{round});
        map = map.apply(changes);
    }
    EXPECT_EQ(map.footprint().bytes, bytes);
}

TEST(CommittedMap, given_changes_that_change_nothing_shares_every_node) {
    auto const map = CommittedMap().apply(Changes{example_row("alice", 3)});
    auto const same =
        map.apply(Changes{example_row("alice", 3), {.key = test::hashed_key(1), .value_hash = std::nullopt}});
    EXPECT_EQ(same.root(), map.root());
    EXPECT_EQ(map.footprint().leaves, 3u);
}

TEST(CommittedMap, keeps_the_last_of_several_changes_of_a_key) {
    auto const key = test::hashed_key(7);
    auto const first = hash_value(base::as_bytes("first"));
    auto const last = hash_value(base::as_bytes("last"));
    auto const map = CommittedMap().apply(Changes{{key, first}, {key, std::nullopt}, {key, last}});
    EXPECT_EQ(map.find(key), last);
    EXPECT_EQ(map.apply(Changes{{key, first}, {key, std::nullopt}}).root(), CommittedMap().root());
}

TEST(CommittedMap, is_not_built_from_rows_out_of_order) {
    auto const low = std::min(test::hashed_key(1), test::hashed_key(2));
    auto const high = std::max(test::hashed_key(1), test::hashed_key(2));
    auto const fault_of = [](std::vector<MapRow> const& rows) { return CommittedMap::build(rows).error(); };
    EXPECT_EQ(fault_of({{.key = high}, {.key = low}}), MapFault::rows_out_of_order);
    EXPECT_EQ(fault_of({{.key = low}, {.key = low}}), MapFault::rows_out_of_order);
    EXPECT_EQ(fault_of({{.key = sentinel_low()}, {.key = low}}), MapFault::sentinel_row);
    EXPECT_EQ(fault_of({{.key = low}, {.key = sentinel_high()}}), MapFault::sentinel_row);
}

RC_GTEST_PROP(CommittedMap, restored_from_its_own_rows_and_hashes_is_the_same, (Changes changes)) {
    auto const map = CommittedMap().apply(changes);
    std::vector<MapRow> rows;
    std::vector<MapNodeHash> hashes;
    map.for_each_row([&](MapRow const& row) { rows.push_back(row); });
    map.for_each_inner_hash([&](MapNodeHash const& hash) { hashes.push_back(hash); });
    auto const restored = CommittedMap::restore_unverified(rows, hashes).value();
    RC_ASSERT(restored.root() == map.root());
    RC_ASSERT(restored.has_true_hashes());
    auto const more = *rc::gen::arbitrary<Changes>();
    RC_ASSERT(restored.apply(more).root() == map.apply(more).root());
}

TEST(CommittedMap, restored_with_a_false_hash_anywhere_is_found_out_by_one_of_the_parts) {
    test::NaiveRows rows;
    for (std::uint64_t seed = 0; seed < 100; ++seed)
        rows.emplace(test::hashed_key(seed), hash_value({}));
    std::vector<MapNodeHash> hashes;
    map_of(rows).for_each_inner_hash([&](MapNodeHash const& hash) { hashes.push_back(hash); });
    for (std::size_t index = 0; index < hashes.size(); ++index) {
        auto changed = hashes;
        changed[index].writable()[31] ^= 1;
        auto const map = CommittedMap::restore_unverified(test::rows_of(rows), changed).value();
        EXPECT_FALSE(map.has_true_hashes());
        EXPECT_FALSE(map.has_true_hashes(0, 3) && map.has_true_hashes(1, 3) && map.has_true_hashes(2, 3))
            << index;
    }
    hashes.pop_back();
    EXPECT_EQ(CommittedMap::restore_unverified(test::rows_of(rows), hashes).error(),
              MapFault::wrong_hash_count);
}

// A proof, and a change, of a key rests on the hashes beside its way, and its way tells of a false one.
TEST(CommittedMap, restored_with_a_false_hash_has_no_true_way_that_leads_to_a_false_proof) {
    test::NaiveRows rows;
    for (std::uint64_t seed = 0; seed < 60; ++seed)
        rows.emplace(test::hashed_key(seed), hash_value({}));
    auto const honest = map_of(rows);
    std::vector<MapNodeHash> hashes;
    honest.for_each_inner_hash([&](MapNodeHash const& hash) { hashes.push_back(hash); });
    std::size_t false_proofs = 0;
    for (std::size_t index = 1; index < hashes.size(); ++index) { // the first is the root, which is compared
        auto changed = hashes;
        changed[index].writable()[0] ^= 1;
        auto const map = CommittedMap::restore_unverified(test::rows_of(rows), changed).value();
        for (auto const& [key, value_hash] : rows) {
            bool const is_proved = check_map_proof(honest.root(), key, map.prove(key)).has_value();
            ASSERT_TRUE(is_proved || !map.has_true_path(key)) << index;
            ASSERT_TRUE(honest.has_true_path(key));
            false_proofs += is_proved ? 0 : 1;
        }
    }
    EXPECT_GT(false_proofs, 0u);
}

TEST(CommittedMap, has_believed_hashes_from_its_restoring_until_somebody_vouches) {
    auto const built = CommittedMap::build({}).value();
    EXPECT_FALSE(built.has_believed_hashes());
    std::vector<MapNodeHash> hashes;
    built.for_each_inner_hash([&](MapNodeHash const& hash) { hashes.push_back(hash); });
    auto const restored = CommittedMap::restore_unverified({}, hashes).value();
    auto const later = restored.apply(Changes{{test::hashed_key(1), hash_value({})}});
    EXPECT_TRUE(restored.has_believed_hashes());
    EXPECT_TRUE(later.has_believed_hashes());
    restored.vouch_for_hashes();
    EXPECT_FALSE(restored.has_believed_hashes());
    EXPECT_FALSE(later.has_believed_hashes());
}

TEST(CommittedMap, holds_a_path_of_the_greatest_depth) {
    test::NaiveRows rows;
    for (std::size_t bit = 1; bit < 256; ++bit) {
        MapKey key; // a single one at `bit`: differs from 00…00 first there
        key.writable()[bit / 8] = static_cast<std::uint8_t>(0x80 >> (bit % 8));
        rows.emplace(key, hash_value(std::array{static_cast<std::uint8_t>(bit)}));
    }
    auto const map = map_of(rows);
    auto const deepest = rows.begin()->first;
    EXPECT_EQ(map.prove(deepest).steps.size(), 256u);
    EXPECT_EQ(encode_map_proof(map.prove(deepest)).size(), 8515u);
    EXPECT_EQ(check_map_proof(map.root(), deepest, map.prove(deepest)).value(),
              MapAnswer{KeyPresent{rows.begin()->second}});
}

} // namespace
} // namespace bulla::merkle
