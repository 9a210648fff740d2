#include "crypto/random.hpp"

#include <gtest/gtest.h>

namespace bulla::crypto {

TEST(SystemRandomness, two_draws_differ) {
    SystemRandomness randomness;
    using Drawn = base::Bytes<struct DrawnMeaning, 32>;
    EXPECT_NE(random_bytes<Drawn>(randomness), random_bytes<Drawn>(randomness));
}

TEST(SystemRandomness, fills_to_the_last_byte_and_no_further) {
    SystemRandomness randomness;
    base::ByteBuffer seen(8);
    for (int round = 0; round < 64; ++round) {
        base::ByteBuffer bytes(9);
        randomness.fill(base::ByteSpan(bytes).first(8));
        EXPECT_EQ(bytes[8], 0);
        for (std::size_t index = 0; index < seen.size(); ++index)
            seen[index] |= bytes[index];
    }
    for (auto const byte : seen) // each bit is missed with probability 2⁻⁶⁴
        EXPECT_EQ(byte, 0xff);
}

TEST(SystemRandomness, nothing_may_be_asked_for) {
    SystemRandomness randomness;
    base::ByteBuffer none;
    randomness.fill(none);
    EXPECT_TRUE(none.empty());
}

} // namespace bulla::crypto
