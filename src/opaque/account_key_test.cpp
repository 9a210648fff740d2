#include "opaque/account_key.hpp"

#include "base/encoding.hpp"
#include "crypto/oprf.hpp"
#include "crypto/random.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <numeric>

namespace bulla::opaque {
namespace {

using base::ByteBuffer;
using base::to_hex;
using crypto::Scalar;
using Nodes = std::vector<unsigned>;

ByteBuffer counting_from(std::uint8_t first) {
    ByteBuffer bytes(32);
    std::iota(bytes.begin(), bytes.end(), first);
    return bytes;
}

// The network and label of the known answers.
struct Example {
    ByteBuffer network = counting_from(0x00);
    ByteBuffer label = counting_from(0x20);
    KeyName name(std::uint32_t keyset) const {
        return {.network = network, .keyset = keyset, .label = label};
    }
};

Secret<32> repeated(std::uint8_t byte) {
    return Secret<32>::from(ByteBuffer(32, byte));
}

Scalar scalar(std::string_view hex) {
    return Scalar::parse(base::parse_hex(hex).value()).value();
}

// Every subset of {1..count} with `size` members, in lexicographic order.
std::vector<Nodes> subsets(unsigned count, unsigned size) {
    std::vector<Nodes> found;
    for (unsigned mask = 0; mask < 1u << count; ++mask) {
        Nodes members;
        for (unsigned node = 1; node <= count; ++node)
            if (mask >> (node - 1) & 1)
                members.push_back(node);
        if (members.size() == size)
            found.push_back(members);
    }
    std::ranges::sort(found);
    return found;
}

bool contains(Nodes const& nodes, unsigned node) {
    return std::ranges::find(nodes, node) != nodes.end();
}

// What node `node` knows of the seeds, where the seed kept from X is `seed_of(X)`.
template <class SeedOf>
std::vector<SharedSeed> seeds_known_to(unsigned node, std::vector<Nodes> const& sets, SeedOf const& seed_of) {
    std::vector<SharedSeed> known;
    for (auto const& without : sets)
        if (!contains(without, node))
            known.push_back({.without = without, .seed = seed_of(without)});
    return known;
}

// The four nodes of the known answers, threshold 3: the seed kept from {a, b} is 32 times the byte 16·a + b.
std::vector<SharedSeed> example_seeds_of(unsigned node) {
    return seeds_known_to(node, subsets(4, 2), [](Nodes const& without) {
        return repeated(static_cast<std::uint8_t>(16 * without[0] + without[1]));
    });
}

constexpr auto example_key = "ead8594849910e00d3e327a982c8edf0e30f469a291f338dc4c5506172611807";

crypto::Element example_blinded() {
    auto const blind = scalar("64d37aed22a27f5191de1c1d69fadb899d8862b58eb4220029e036ec4c1f6706");
    return crypto::blind(base::as_bytes("correct horse battery staple"), blind.clone()).blinded_element;
}

PartialEvaluation example_answer(unsigned node) {
    auto const share = make_share(node, example_seeds_of(node), Example{}.name(2));
    return {.node = node, .evaluated = crypto::multiply(share, example_blinded()).value()};
}

} // namespace

TEST(AccountKey, of_one_node_is_the_known_answer) {
    Example const example;
    auto const key = account_oprf_key(repeated(0x11), example.network, 1, example.label);
    EXPECT_EQ(to_hex(key.expose()), "ac65580136efbb49083b881843ab58b3641b8c4e80282a35370824fbf447620d");
    EXPECT_EQ(to_hex(crypto::multiply_base(key).view()),
              "ec14a20193e52e3460931cde14ab36a0959759946c66274463642dfb175c337a");
}

TEST(AccountKey, of_one_node_is_the_smallest_case_of_sharing) {
    Example const example;
    std::vector<SharedSeed> seeds;
    seeds.push_back({.without = {}, .seed = repeated(0x11)});
    auto const share = make_share(1, seeds, example.name(1));
    EXPECT_EQ(to_hex(share.expose()),
              to_hex(account_oprf_key(repeated(0x11), example.network, 1, example.label).expose()));
    EXPECT_EQ(to_hex(lagrange_weight(1, {1}).expose()),
              to_hex(scalar("0100000000000000000000000000000000000000"
                            "000000000000000000000000")
                         .expose()));
}

TEST(AccountKey, depends_on_seed_network_keyset_and_label) {
    Example const example;
    auto const key = [](std::uint8_t seed, ByteBuffer const& network, std::uint32_t keyset,
                        ByteBuffer const& label) {
        return to_hex(account_oprf_key(repeated(seed), network, keyset, label).expose());
    };
    auto const first = key(0x11, example.network, 1, example.label);
    EXPECT_NE(first, key(0x12, example.network, 1, example.label));
    EXPECT_NE(first, key(0x11, example.label, 1, example.label));
    EXPECT_NE(first, key(0x11, example.network, 2, example.label));
    EXPECT_NE(first, key(0x11, example.network, 1, example.network));
}

TEST(SharedAccountKey, a_seed_alone_is_evaluated_as_the_known_answer) {
    Example const example;
    EXPECT_EQ(to_hex(account_oprf_key(repeated(0x12), example.network, 2, example.label).expose()),
              "125d876b9980f1a1b53baf9d4085bbacf895b884e2197e5636ea9103c233cb06");
}

TEST(SharedAccountKey, the_weights_of_a_seed_are_one_and_three) {
    Example const example;
    auto const once = account_oprf_key(repeated(0x12), example.network, 2, example.label);
    auto const share_of = [&](unsigned node) {
        std::vector<SharedSeed> seeds;
        seeds.push_back({.without = {1, 2}, .seed = repeated(0x12)});
        return make_share(node, seeds, example.name(2));
    };
    auto const three = crypto::add(crypto::add(once, once).value(), once).value();
    EXPECT_EQ(to_hex(share_of(3).expose()), to_hex(once.expose()));
    EXPECT_EQ(to_hex(share_of(4).expose()), to_hex(three.expose()));
}

TEST(SharedAccountKey, the_shares_of_four_nodes_are_the_known_answers) {
    constexpr std::array<std::string_view, 4> shares = {
        "415e2944494328ffb2e3cfcd1a211f30df26d3038c513ac75260adf2bbd98406",
        "e20606476041d692e4a09762ad89e971d3c8ea162f421030aae11a7214035c0f",
        "f32a049759c5f30abbe18f217d0e8f8cc0f58cd312f1b4c7ca4999df7bdd9d01",
        "3b46054b84f8b76fb97c9ff3259dacbea6adb939375e288eb498283bf2684a0d",
    };
    for (unsigned node = 1; node <= 4; ++node)
        EXPECT_EQ(to_hex(make_share(node, example_seeds_of(node), Example{}.name(2)).expose()),
                  shares[node - 1])
            << node;
}

TEST(SharedAccountKey, the_sum_of_all_seeds_is_the_known_key) {
    Example const example;
    std::optional<Scalar> sum;
    for (auto const& without : subsets(4, 2)) {
        auto const seed = repeated(static_cast<std::uint8_t>(16 * without[0] + without[1]));
        auto term = account_oprf_key(seed, example.network, 2, example.label);
        sum = sum ? crypto::add(*sum, term) : std::move(term);
    }
    EXPECT_EQ(to_hex(sum.value().expose()), example_key);
}

TEST(SharedAccountKey, the_weights_of_three_nodes_are_the_known_answers) {
    EXPECT_EQ(to_hex(lagrange_weight(1, {1, 2, 4}).expose()),
              "a746a7c9082106c89c8952364a534a5c55555555555555555555555555555505");
    EXPECT_EQ(to_hex(lagrange_weight(2, {1, 2, 4}).expose()),
              "ebd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    EXPECT_EQ(to_hex(lagrange_weight(4, {1, 2, 4}).expose()),
              "498d4e9311420c903913a56c94a694b8aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa0a");
}

TEST(SharedAccountKey, partial_evaluations_are_the_known_answers) {
    EXPECT_EQ(to_hex(example_blinded().view()),
              "de07422784b4decd76a7b069682f06ab541ebcfb1fb35dafe9510a5496bef56f");
    EXPECT_EQ(to_hex(example_answer(1).evaluated.view()),
              "7c092b12fcf907cd990f1924cb1afdd6a26359ba04af96b89bd9cd155aa1742d");
    EXPECT_EQ(to_hex(example_answer(2).evaluated.view()),
              "2eb4de54b93c05f9a64cd2d7e81e9ac03f0234ae042052d4e23c1559cc79cd12");
    EXPECT_EQ(to_hex(example_answer(4).evaluated.view()),
              "9a71d2490423e23e6e14dac0f46efb20c320bea82714f80cda1257c4d31f533d");
}

TEST(SharedAccountKey, any_three_of_four_nodes_make_the_known_evaluation) {
    for (auto const& nodes : subsets(4, 3)) {
        std::vector<PartialEvaluation> answers;
        for (auto const node : nodes)
            answers.push_back(example_answer(node));
        auto const combined = combine(answers, 3);
        ASSERT_TRUE(combined.has_value());
        EXPECT_EQ(to_hex(combined->view()),
                  "42fc7c74ff96cf033eb392dfaf7045b5d85d52f4c529cb977b9d9518c49fb758");
    }
    EXPECT_EQ(crypto::multiply(scalar(example_key), example_blinded()),
              combine({example_answer(1), example_answer(2), example_answer(4)}, 3));
}

TEST(Combine, refuses_too_few_too_many_and_repeated_answers) {
    auto const one = example_answer(1);
    auto const two = example_answer(2);
    auto const three = example_answer(3);
    ASSERT_TRUE(combine({one, two, three}, 3));
    EXPECT_FALSE(combine({}, 0));
    EXPECT_FALSE(combine({one, two}, 3));
    EXPECT_FALSE(combine({one, two, three, example_answer(4)}, 3));
    EXPECT_FALSE(combine({one, two, two}, 3));
    EXPECT_FALSE(combine({one, three, two}, 3));
}

TEST(Combine, refuses_coordinates_outside_one_to_thirteen) {
    auto const evaluated = example_answer(1).evaluated;
    EXPECT_TRUE(combine({{1, evaluated}, {13, evaluated}}, 2));
    EXPECT_FALSE(combine({{0, evaluated}, {1, evaluated}}, 2));
    EXPECT_FALSE(combine({{1, evaluated}, {14, evaluated}}, 2));
}

TEST(Combine, a_wrong_answer_changes_the_evaluation) {
    auto const foreign = example_answer(3).evaluated;
    EXPECT_NE(combine({example_answer(1), example_answer(2), {4, foreign}}, 3),
              crypto::multiply(scalar(example_key), example_blinded()));
}

TEST(SharedAccountKeyDeathTest, coordinate_zero_and_a_seed_kept_from_the_node_end_the_process) {
    auto const name = Example{}.name(2);
    EXPECT_DEATH((void)make_share(0, example_seeds_of(1), name), "internal check failed");
    EXPECT_DEATH((void)make_share(2, example_seeds_of(1), name), "internal check failed");
    EXPECT_DEATH((void)lagrange_weight(3, {1, 2}), "internal check failed");
}

// Random seeds, every number of nodes and every threshold, every set of that size: the same key.
RC_GTEST_PROP(SharedAccountKey, every_set_of_threshold_size_gives_the_sum_of_the_seeds, ()) {
    auto const count = *rc::gen::inRange(1u, 6u);
    auto const threshold = *rc::gen::inRange(1u, count + 1);
    auto const salt = *rc::gen::arbitrary<std::uint8_t>();
    auto const sets = subsets(count, threshold - 1);
    auto const seed_of = [&](Nodes const& without) {
        ByteBuffer bytes(32, salt);
        std::ranges::copy(without, bytes.begin());
        return Secret<32>::from(bytes);
    };
    Example const example;
    std::optional<Scalar> key;
    for (auto const& without : sets) {
        auto term = account_oprf_key(seed_of(without), example.network, 7, example.label);
        key = key ? crypto::add(*key, term) : std::move(term);
    }
    auto const expected = crypto::multiply(key.value(), example_blinded());
    for (auto const& nodes : subsets(count, threshold)) {
        std::vector<PartialEvaluation> answers;
        for (auto const node : nodes) {
            auto const share = make_share(node, seeds_known_to(node, sets, seed_of), example.name(7));
            answers.push_back({node, crypto::multiply(share, example_blinded()).value()});
        }
        RC_ASSERT(combine(answers, threshold) == expected);
    }
}

} // namespace bulla::opaque
