#include "sequencer/check_memory.hpp"

#include "sequencer/limits.hpp"
#include "support/test_network.hpp"

#include <gtest/gtest.h>

namespace bulla::sequencer {
namespace {

credential::EvidenceCheck make_check(std::uint64_t number) {
    auto const key = test::test_key("checked");
    auto const message = base::u64be(number);
    return credential::ed25519_check(key.public_key(), message, key.sign(message));
}

TEST(CheckMemory, answers_as_the_check_does_the_first_time_and_again) {
    CheckMemory memory;
    auto const good = make_check(1);
    auto bad = make_check(2);
    bad.signature[0] ^= 1;
    for (int round = 0; round < 3; ++round) {
        EXPECT_TRUE(memory.check(good));
        EXPECT_FALSE(memory.check(bad));
    }
}

TEST(CheckMemory, takes_no_other_check_for_one_that_held) {
    CheckMemory memory;
    auto const good = make_check(1);
    ASSERT_TRUE(memory.check(good));
    auto other_key = good;
    other_key.public_key = base::to_buffer(test::test_key("other").public_key());
    EXPECT_FALSE(memory.check(other_key));
    auto other_message = good;
    other_message.message[7] ^= 1;
    EXPECT_FALSE(memory.check(other_message));
    auto shifted = good; // the same bytes, cut elsewhere
    shifted.message.push_back(shifted.signature[0]);
    shifted.signature.erase(shifted.signature.begin());
    EXPECT_FALSE(memory.check(shifted));
}

TEST(CheckMemory, remembers_what_held_and_no_more_than_its_maximum) {
    CheckMemory memory;
    EXPECT_EQ(memory.size(), 0U);
    for (std::uint64_t number = 0; number < 10; ++number)
        EXPECT_TRUE(memory.check(make_check(number % 3)));
    EXPECT_EQ(memory.size(), 3U);
    for (std::uint64_t number = 0; number < checks_remembered_max / 2; ++number)
        memory.remember(test::test_bytes<crypto::Sha256Digest>("id", number));
    EXPECT_LE(memory.size(), checks_remembered_max);
    EXPECT_GE(memory.size(), checks_remembered_max / 2);
    for (std::uint64_t number = 0; number < checks_remembered_max; ++number)
        memory.remember(test::test_bytes<crypto::Sha256Digest>("more", number));
    EXPECT_LE(memory.size(), checks_remembered_max);
}

} // namespace
} // namespace bulla::sequencer
