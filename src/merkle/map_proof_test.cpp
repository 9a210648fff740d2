#include "merkle/map_proof.hpp"

#include "base/big_endian.hpp"
#include "base/encoding.hpp"
#include "support/naive_map.hpp"
#include "support/vectors.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace bulla::merkle {
namespace {

using Changes = std::vector<MapChange>;

MapKey key_of(std::string_view name) {
    return MapKey::from(crypto::sha256(base::as_bytes(name)));
}

// docs/formats/merkle.md: alice in the map of alice and bob.
constexpr std::string_view alice_proof = "0100020002"
                                         "dd2f0f2c8e7cfe98ab5f3140fc6dc6ed16c35d01818624a0dac3e41682095e35"
                                         "c6b8ae1b9e005ac78c93cce7a0bee7a28ecb7caf67c73d077da101cf891dbc0e"
                                         "2bd806c97f0e00af1a1fc3328fa763a9269723c8db8fac4f93af71db186d6e90"
                                         "361230f175bc1a49e0c6243a49a5fc760882d0891f0aeb035a7ba503ff3404b8";

MapRoot example_root() {
    return MapRoot::from(test::from_hex("9fd361246c63ed49585e135aa2be4331ee6fae2550ffcdd93c195fdbd87c1c09"));
}

CommittedMap example_map() {
    auto const hash = [](std::string_view hex) { return ValueHash::from(test::from_hex(hex)); };
    auto const bob = test::from_hex("01010000000000000001"
                                    "0000000000000004");
    auto const digest = [](std::string_view text) { return crypto::sha256(base::as_bytes(text)); };
    return CommittedMap().apply(
        Changes{{key_of("alice"), hash("361230f175bc1a49e0c6243a49a5fc760882d0891f0aeb035a7ba503ff3404b8")},
                {key_of("bob"), hash_value(base::concat(bob, digest("headbob"), digest("statebob")))}});
}

CommittedMap map_of_hashed_keys(std::uint64_t count) {
    Changes changes;
    for (std::uint64_t seed = 0; seed < count; ++seed)
        changes.push_back({.key = test::hashed_key(seed), .value_hash = hash_value(base::u64be(seed))});
    return CommittedMap().apply(changes);
}

TEST(MapProof, of_the_worked_example_has_its_bytes) {
    auto const map = example_map();
    ASSERT_EQ(map.root(), example_root());
    EXPECT_EQ(base::to_hex(encode_map_proof(map.prove(key_of("alice")))), alice_proof);
}

TEST(MapProof, of_the_worked_example_shows_alice_present) {
    auto const answer = check_map_proof(example_root(), key_of("alice"), test::from_hex(alice_proof));
    auto const value_hash = ValueHash::from(test::from_hex(alice_proof.substr(alice_proof.size() - 64)));
    EXPECT_EQ(answer.value(), MapAnswer{KeyPresent{value_hash}});
}

TEST(MapProof, of_the_worked_example_shows_carol_absent_by_the_low_sentinel) {
    auto const proof = example_map().prove(key_of("carol"));
    EXPECT_EQ(proof.leaf_key, sentinel_low());
    ASSERT_EQ(proof.steps.size(), 2u);
    EXPECT_EQ(proof.steps[0].bit, 0);
    EXPECT_EQ(proof.steps[1].bit, 2);
    EXPECT_EQ(check_map_proof(example_root(), key_of("carol"), proof).value(), MapAnswer{KeyAbsent{}});
}

TEST(MapProof, of_a_present_key_never_shows_another_key_absent_off_its_way) {
    auto const proof = test::from_hex(alice_proof);
    EXPECT_EQ(check_map_proof(example_root(), key_of("bob"), proof).error(), ProofFault::wrong_leaf);
}

RC_GTEST_PROP(MapProof, answers_as_the_rows_do, (Changes changes)) {
    auto const map = CommittedMap().apply(changes);
    auto query = *test::any_key();
    if (!changes.empty() && *rc::gen::arbitrary<bool>())
        query = (*rc::gen::elementOf(changes)).key;
    auto const proof = map.prove(query);
    auto const found = map.find(query);
    auto const expected = found ? MapAnswer{KeyPresent{*found}} : MapAnswer{KeyAbsent{}};
    RC_ASSERT(check_map_proof(map.root(), query, proof).value() == expected);
    RC_ASSERT(check_map_proof(map.root(), query, encode_map_proof(proof)).value() == expected);
    RC_ASSERT(parse_map_proof(encode_map_proof(proof)).value() == proof);
}

TEST(MapProof, with_any_bit_of_any_byte_flipped_is_refused) {
    auto const map = map_of_hashed_keys(60);
    for (auto const& query : {test::hashed_key(5), test::hashed_key(1000)}) {
        auto const good = encode_map_proof(map.prove(query));
        ASSERT_TRUE(check_map_proof(map.root(), query, good));
        for (std::size_t place = 0; place < good.size() * 8; ++place) {
            auto changed = good;
            changed[place / 8] ^= static_cast<std::uint8_t>(1 << (place % 8));
            ASSERT_FALSE(check_map_proof(map.root(), query, changed)) << place;
        }
    }
}

TEST(MapProof, cut_or_lengthened_is_refused) {
    auto good = test::from_hex(alice_proof);
    for (std::size_t size = 0; size < good.size(); ++size)
        EXPECT_EQ(parse_map_proof(base::ByteView(good).first(size)).error(), ProofFault::malformed);
    good.push_back(0);
    EXPECT_EQ(parse_map_proof(good).error(), ProofFault::malformed);
}

// K3
TEST(MapProof, with_a_depth_out_of_range_is_refused) {
    base::ByteBuffer const none(67, 1);
    auto shallow = none;
    shallow[1] = shallow[2] = 0;
    EXPECT_EQ(parse_map_proof(shallow).error(), ProofFault::malformed);
    base::ByteBuffer deep(67 + 33 * 257, 0);
    deep[0] = deep[1] = deep[2] = 1;
    EXPECT_EQ(parse_map_proof(deep).error(), ProofFault::malformed);
    EXPECT_EQ(check_map_proof(example_root(), key_of("alice"), MapProof{}).error(), ProofFault::malformed);
}

// K3
TEST(MapProof, whose_bits_do_not_increase_is_refused_even_when_its_hashes_fit) {
    // A liar's tree: bit 3 above bit 0. The root is true to it, and no honest map has it.
    auto const query = key_of("alice");
    MapProof proof{.steps = {{.bit = 3}, {.bit = 0}}, .leaf_key = query, .leaf_value_hash = hash_value({})};
    auto hash = hash_map_leaf(query, proof.leaf_value_hash);
    hash = bit_of(query, 0) == 0 ? hash_map_node(0, hash, {}) : hash_map_node(0, {}, hash);
    hash = bit_of(query, 3) == 0 ? hash_map_node(3, hash, {}) : hash_map_node(3, {}, hash);
    EXPECT_EQ(check_map_proof(MapRoot::from(hash), query, proof).error(), ProofFault::bits_not_increasing);
    EXPECT_EQ(parse_map_proof(encode_map_proof(proof)).error(), ProofFault::bits_not_increasing);
    proof.steps[0].bit = 0;
    EXPECT_EQ(check_map_proof(MapRoot::from(hash), query, proof).error(), ProofFault::bits_not_increasing);
}

// K3
TEST(MapProof, of_a_sentinel_is_refused) {
    auto const map = map_of_hashed_keys(10);
    for (auto const& sentinel : {sentinel_low(), sentinel_high()}) {
        EXPECT_EQ(check_map_proof(map.root(), sentinel, map.prove(sentinel)).error(),
                  ProofFault::sentinel_query);
    }
}

TEST(MapProof, of_absence_never_exists_for_a_present_key) {
    // Every honest proof for any key, and every proof whose leaf was exchanged for any other, tried on every
    // present key: none of them says absent.
    constexpr std::uint64_t count = 40;
    auto const map = map_of_hashed_keys(count);
    std::vector<MapProof> proofs;
    for (std::uint64_t seed = 0; seed < 2 * count; ++seed)
        proofs.push_back(map.prove(test::hashed_key(seed)));
    proofs.push_back(map.prove(sentinel_low()));
    proofs.push_back(map.prove(sentinel_high()));
    auto forged = proofs;
    for (auto const& way : proofs) {
        for (auto const& leaf : proofs)
            forged.push_back(
                {.steps = way.steps, .leaf_key = leaf.leaf_key, .leaf_value_hash = leaf.leaf_value_hash});
    }
    for (std::uint64_t seed = 0; seed < count; ++seed) {
        auto const key = test::hashed_key(seed);
        for (auto const& proof : forged) {
            auto const answer = check_map_proof(map.root(), key, proof);
            ASSERT_FALSE(answer && std::holds_alternative<KeyAbsent>(*answer)) << seed;
        }
    }
}

TEST(MapProof, under_another_root_is_refused) {
    auto const before = map_of_hashed_keys(20);
    auto const key = test::hashed_key(3);
    auto const after = before.apply(Changes{{.key = key, .value_hash = hash_value({})}});
    EXPECT_EQ(check_map_proof(after.root(), key, before.prove(key)).error(), ProofFault::wrong_root);
    EXPECT_EQ(check_map_proof(before.root(), key, after.prove(key)).error(), ProofFault::wrong_root);
}

} // namespace
} // namespace bulla::merkle
