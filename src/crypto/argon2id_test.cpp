#include "crypto/argon2id.hpp"

#include "support/vectors.hpp"

#include <gtest/gtest.h>

namespace bulla::crypto {
namespace {

using base::to_buffer;
using test::from_hex;

} // namespace

// An OPRF output and its stretched form; the client @serenity-kit/opaque, by another Argon2id, logs in with
// it.
TEST(Argon2id, reproduces_a_known_answer_with_the_default_parameters) {
    auto const stretched =
        argon2id(from_hex("a351140a3076715a9f30d0688c4565e2b2dd98317d9f62cfb97b8d9085074366"
                          "4e599bdd9f655b57492d318fc40d8e2be4762edbbcb5ac3cc68f50f28f4cc899"),
                 {});
    ASSERT_TRUE(stretched.has_value());
    EXPECT_EQ(to_buffer(stretched->expose()),
              from_hex("71443e8bff7c485f608a695ba2c1085e7e16f8ff727d0d5cc9f6b7a9d3b07b20"
                       "86a3d31a1b1fbad90d3e0f501aaa8daa3222971bfb8e39e72e464ffa2f90515c"));
}

TEST(Argon2id, memory_and_passes_enter_the_result) {
    auto const input = base::ByteBuffer(64, 1);
    auto const small = argon2id(input, {.memory_kib = 19 * 1024, .passes = 2});
    auto const longer = argon2id(input, {.memory_kib = 19 * 1024, .passes = 3});
    auto const larger = argon2id(input, {.memory_kib = 20 * 1024, .passes = 2});
    ASSERT_TRUE(small && longer && larger);
    EXPECT_FALSE(same_secret(*small, *longer));
    EXPECT_FALSE(same_secret(*small, *larger));
}

TEST(StretchingParameters, the_bounds_are_acceptable_and_what_is_beyond_them_is_not) {
    EXPECT_TRUE(is_acceptable({}));
    EXPECT_TRUE(is_acceptable({.memory_kib = 19 * 1024, .passes = 2}));
    EXPECT_TRUE(is_acceptable({.memory_kib = 38 * 1024, .passes = 1}));
    EXPECT_TRUE(is_acceptable({.memory_kib = 1024 * 1024, .passes = 10}));
    EXPECT_FALSE(is_acceptable({.memory_kib = 19 * 1024, .passes = 1}));
    EXPECT_FALSE(is_acceptable({.memory_kib = 38 * 1024 - 1, .passes = 1}));
    EXPECT_FALSE(is_acceptable({.memory_kib = 19 * 1024 - 1, .passes = 10}));
    EXPECT_FALSE(is_acceptable({.memory_kib = 1024 * 1024 + 1, .passes = 1}));
    EXPECT_FALSE(is_acceptable({.passes = 0}));
    EXPECT_FALSE(is_acceptable({.passes = 11}));
    EXPECT_FALSE(is_acceptable({.lanes = 4}));
    EXPECT_FALSE(is_acceptable({.lanes = 0}));
    EXPECT_FALSE(is_acceptable({.memory_kib = 0xffff'ffff, .passes = 0xffff'ffff}));
}

} // namespace bulla::crypto
