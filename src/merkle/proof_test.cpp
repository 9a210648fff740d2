#include "merkle/proof.hpp"

#include "base/encoding.hpp"
#include "support/naive_log.hpp"
#include "support/vectors.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace bulla::merkle {
namespace {

namespace json = boost::json;

std::uint64_t number_of(json::value const& value) {
    return value.to_number<std::uint64_t>();
}

// A hash of another length than 32 bytes cannot be a hash here; the vectors hold some.
template <class Hash>
std::optional<Hash> hash_of(json::value const& value) {
    return Hash::parse(base::parse_base64(std::string(value.as_string())).value());
}

std::optional<HashPath> path_of(json::value const& value) {
    HashPath path;
    if (value.is_null())
        return path;
    for (auto const& element : value.as_array()) {
        auto const hash = hash_of<NodeHash>(element);
        if (!hash)
            return std::nullopt;
        path.push_back(*hash);
    }
    return path;
}

bool accepts_inclusion(json::value const& vector) {
    auto const leaf = hash_of<LeafHash>(vector.at("leafHash"));
    auto const root = hash_of<LogRoot>(vector.at("root"));
    auto const path = path_of(vector.at("proof"));
    if (!leaf || !root || !path)
        return false;
    LeafIndex const index{number_of(vector.at("leafIdx"))};
    Tree const tree{.size = TreeSize{number_of(vector.at("treeSize"))}, .root = *root};
    return check_inclusion(*leaf, index, tree, *path).has_value();
}

bool accepts_consistency(json::value const& vector) {
    auto const older = hash_of<LogRoot>(vector.at("root1"));
    auto const newer = hash_of<LogRoot>(vector.at("root2"));
    auto const path = path_of(vector.at("proof"));
    if (!older || !newer || !path)
        return false;
    return check_consistency({TreeSize{number_of(vector.at("size1"))}, *older},
                             {TreeSize{number_of(vector.at("size2"))}, *newer}, *path)
        .has_value();
}

// G19
TEST(InclusionProof, of_the_published_vectors_is_judged_as_published) {
    auto const vectors = test::load_vectors("merkle/inclusion.json");
    EXPECT_EQ(vectors.as_object().size(), 98u);
    for (auto const& [name, vector] : vectors.as_object())
        EXPECT_EQ(accepts_inclusion(vector), !vector.at("wantErr").as_bool()) << name;
}

// G19
TEST(ConsistencyProof, of_the_published_vectors_is_judged_as_published) {
    auto const vectors = test::load_vectors("merkle/consistency.json");
    EXPECT_EQ(vectors.as_object().size(), 98u);
    for (auto const& [name, vector] : vectors.as_object()) {
        // Its two equal roots have 12 bytes; a root of ours has 32.
        auto const has_short_roots = name == "additional/sizes-are-equal-one-and-proof-is-empty.json";
        EXPECT_EQ(accepts_consistency(vector), !vector.at("wantErr").as_bool() && !has_short_roots) << name;
    }
}

TEST(InclusionProof, of_every_leaf_of_every_tree_to_256_is_the_defined_one_and_verifies) {
    test::NaiveLog log;
    auto const tiles = test::StoredTiles::of_size(256);
    for (std::uint64_t size = 1; size <= 256; ++size) {
        for (std::uint64_t index = 0; index < size; ++index) {
            auto const path = make_inclusion_proof(tiles, LeafIndex{index}, TreeSize{size}).value();
            ASSERT_EQ(path, log.path(index, 0, size)) << index << " of " << size;
            ASSERT_TRUE(check_inclusion(test::numbered_leaf(index), LeafIndex{index}, log.tree(size), path))
                << index << " of " << size;
        }
    }
}

TEST(ConsistencyProof, of_every_pair_of_sizes_to_256_is_the_defined_one_and_verifies) {
    using Subtree = test::NaiveLog::Subtree;
    test::NaiveLog log;
    auto const tiles = test::StoredTiles::of_size(256);
    for (std::uint64_t to = 1; to <= 256; ++to) {
        for (std::uint64_t from = 1; from <= to; ++from) {
            auto const path = make_consistency_proof(tiles, TreeSize{from}, TreeSize{to}).value();
            ASSERT_EQ(path, log.consistency(from, 0, to, Subtree::known)) << from << " to " << to;
            ASSERT_TRUE(check_consistency(log.tree(from), log.tree(to), path)) << from << " to " << to;
        }
    }
}

TEST(InclusionProof, across_tiles_of_two_levels_is_the_defined_one) {
    test::NaiveLog log;
    auto const tiles = test::StoredTiles::of_size(66'000);
    for (std::uint64_t const size : {257u, 512u, 513u, 65'535u, 65'536u, 65'537u, 66'000u}) {
        for (std::uint64_t const index :
             {std::uint64_t{0}, std::uint64_t{255}, size / 2, size - 2, size - 1}) {
            auto const path = make_inclusion_proof(tiles, LeafIndex{index}, TreeSize{size}).value();
            ASSERT_EQ(path, log.path(index, 0, size)) << index << " of " << size;
        }
        ASSERT_EQ(load_root(tiles, TreeSize{size}).value(), log.root(size));
    }
}

TEST(ConsistencyProof, across_tiles_of_two_levels_is_the_defined_one) {
    test::NaiveLog log;
    auto const tiles = test::StoredTiles::of_size(66'000);
    for (std::uint64_t const to : {257u, 513u, 65'536u, 65'537u, 66'000u}) {
        for (std::uint64_t const from :
             {std::uint64_t{1}, std::uint64_t{255}, std::uint64_t{256}, to - 1, to}) {
            auto const path = make_consistency_proof(tiles, TreeSize{from}, TreeSize{to}).value();
            ASSERT_EQ(path, log.consistency(from, 0, to, test::NaiveLog::Subtree::known));
            ASSERT_TRUE(check_consistency(log.tree(from), log.tree(to), path)) << from << " to " << to;
        }
    }
}

TEST(InclusionProof, of_a_leaf_beyond_the_tree_is_rejected) {
    auto const tiles = test::StoredTiles::of_size(3);
    EXPECT_EQ(make_inclusion_proof(tiles, LeafIndex{3}, TreeSize{3}).error(), ProofFault::index_beyond_tree);
    EXPECT_EQ(make_inclusion_proof(tiles, LeafIndex{0}, TreeSize{0}).error(), ProofFault::index_beyond_tree);
    Tree const empty{.size = TreeSize{0}, .root = empty_root()};
    EXPECT_EQ(check_inclusion(test::numbered_leaf(0), LeafIndex{0}, empty, {}).error(),
              ProofFault::index_beyond_tree);
}

TEST(InclusionProof, with_a_hash_too_few_or_too_many_is_rejected) {
    test::NaiveLog log;
    for (std::uint64_t size = 1; size <= 20; ++size) {
        for (std::uint64_t index = 0; index < size; ++index) {
            auto path = log.path(index, 0, size);
            auto const check = [&] {
                return check_inclusion(test::numbered_leaf(index), LeafIndex{index}, log.tree(size), path);
            };
            path.push_back(as_node(test::numbered_leaf(0)));
            ASSERT_EQ(check().error(), ProofFault::wrong_length);
            path.resize(path.size() - 1);
            if (path.empty())
                continue;
            path.pop_back();
            ASSERT_EQ(check().error(), ProofFault::wrong_length);
        }
    }
}

TEST(InclusionProof, of_another_leaf_at_the_same_place_is_rejected) {
    test::NaiveLog log;
    for (std::uint64_t index = 0; index < 11; ++index) {
        EXPECT_EQ(check_inclusion(test::numbered_leaf(index + 1), LeafIndex{index}, log.tree(11),
                                  log.path(index, 0, 11))
                      .error(),
                  ProofFault::wrong_root);
    }
}

TEST(InclusionProof, does_not_bind_the_index_and_so_the_size_must_be_signed) {
    test::NaiveLog log;
    auto const path = log.path(2, 0, 3);
    auto const leaf = test::numbered_leaf(2);
    EXPECT_TRUE(check_inclusion(leaf, LeafIndex{2}, log.tree(3), path));
    EXPECT_TRUE(check_inclusion(leaf, LeafIndex{1}, {.size = TreeSize{2}, .root = log.root(3)}, path));
}

TEST(ConsistencyProof, from_the_empty_tree_does_not_exist) {
    test::NaiveLog log;
    auto const tiles = test::StoredTiles::of_size(3);
    EXPECT_EQ(make_consistency_proof(tiles, TreeSize{0}, TreeSize{3}).error(), ProofFault::from_empty_tree);
    EXPECT_EQ(check_consistency(log.tree(0), log.tree(3), {}).error(), ProofFault::from_empty_tree);
    EXPECT_EQ(check_consistency(log.tree(0), log.tree(0), {}).error(), ProofFault::from_empty_tree);
}

TEST(ConsistencyProof, to_a_smaller_tree_is_rejected) {
    test::NaiveLog log;
    auto const tiles = test::StoredTiles::of_size(3);
    EXPECT_EQ(make_consistency_proof(tiles, TreeSize{3}, TreeSize{2}).error(),
              ProofFault::sizes_out_of_order);
    EXPECT_EQ(check_consistency(log.tree(3), log.tree(2), {}).error(), ProofFault::sizes_out_of_order);
}

TEST(ConsistencyProof, between_two_roots_of_one_size_is_rejected) {
    test::NaiveLog log;
    Tree const forked{.size = TreeSize{5}, .root = log.root(6)};
    EXPECT_TRUE(check_consistency(log.tree(5), log.tree(5), {}));
    EXPECT_EQ(check_consistency(log.tree(5), forked, {}).error(), ProofFault::wrong_root);
    HashPath const path{as_node(test::numbered_leaf(0))};
    EXPECT_EQ(check_consistency(log.tree(5), log.tree(5), path).error(), ProofFault::wrong_length);
}

TEST(ConsistencyProof, of_a_rewritten_past_or_present_is_rejected) {
    test::NaiveLog log;
    for (std::uint64_t from = 1; from < 20; ++from) {
        auto const path = log.consistency(from, 0, 20, test::NaiveLog::Subtree::known);
        Tree const rewritten_past{.size = TreeSize{from}, .root = log.root(from + 1)};
        Tree const rewritten_present{.size = TreeSize{20}, .root = log.root(21)};
        EXPECT_EQ(check_consistency(rewritten_past, log.tree(20), path).error(), ProofFault::wrong_root)
            << from;
        EXPECT_EQ(check_consistency(log.tree(from), rewritten_present, path).error(), ProofFault::wrong_root);
    }
}

TEST(ConsistencyProof, with_any_bit_changed_is_rejected) {
    test::NaiveLog log;
    for (std::uint64_t const from : {1u, 3u, 4u, 6u, 7u, 8u, 12u}) {
        auto const path = log.consistency(from, 0, 13, test::NaiveLog::Subtree::known);
        for (std::size_t place = 0; place < path.size() * NodeHash::size; ++place) {
            auto changed = path;
            changed[place / NodeHash::size].writable()[place % NodeHash::size] ^= 0x10;
            ASSERT_EQ(check_consistency(log.tree(from), log.tree(13), changed).error(),
                      ProofFault::wrong_root);
        }
    }
}

RC_GTEST_PROP(InclusionProof, at_sizes_near_the_greatest_ends, ()) {
    auto const greatest = std::numeric_limits<std::uint64_t>::max();
    Tree const tree{.size = TreeSize{greatest - *rc::gen::inRange<std::uint64_t>(0, 3)}, .root = {}};
    HashPath const path(*rc::gen::inRange<std::size_t>(0, 70));
    auto const index = LeafIndex{greatest - *rc::gen::inRange<std::uint64_t>(0, 5)};
    RC_ASSERT(!check_inclusion(test::numbered_leaf(0), index, tree, path));
    Tree const older{.size = TreeSize{*rc::gen::arbitrary<std::uint64_t>()}, .root = {}};
    RC_ASSERT((older.size == tree.size || !check_consistency(older, tree, path)));
}

TEST(Proofs, name_a_tile_that_storage_lost) {
    auto tiles = test::StoredTiles::of_size(600);
    auto const whole = tiles;
    tiles.tiles.erase({0, 1});
    EXPECT_EQ(make_inclusion_proof(tiles, LeafIndex{300}, TreeSize{600}).error(), ProofFault::missing_tile);
    tiles = whole;
    tiles.tiles.at({0, 2}).resize(87 * NodeHash::size);
    EXPECT_EQ(load_root(tiles, TreeSize{600}).error(), ProofFault::missing_tile);
    EXPECT_TRUE(load_root(tiles, TreeSize{599}));
}

TEST(FrontierHashes, of_stored_tiles_fold_to_the_root) {
    test::NaiveLog log;
    auto const tiles = test::StoredTiles::of_size(700);
    EXPECT_TRUE(load_frontier_hashes(tiles, TreeSize{0}).value().empty());
    for (std::uint64_t size = 1; size <= 700; size += 13) {
        auto const hashes = load_frontier_hashes(tiles, TreeSize{size}).value();
        auto top = hashes.back();
        for (auto index = hashes.size() - 1; index-- > 0;)
            top = hash_node(hashes[index], top);
        ASSERT_EQ(as_root(top), log.root(size)) << size;
    }
}

} // namespace
} // namespace bulla::merkle
