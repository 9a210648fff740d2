#include "store/crc32c.hpp"

#include <gtest/gtest.h>

namespace bulla::store {
namespace {

// RFC 3720 §B.4
TEST(Crc32c, matches_the_examples_of_iscsi) {
    EXPECT_EQ(crc32c(base::ByteBuffer(32, 0x00)), 0x8a9136aaU);
    EXPECT_EQ(crc32c(base::ByteBuffer(32, 0xff)), 0x62a8ab43U);
    base::ByteBuffer ascending(32);
    for (std::size_t index = 0; index < ascending.size(); ++index)
        ascending[index] = static_cast<std::uint8_t>(index);
    EXPECT_EQ(crc32c(ascending), 0x46dd794eU);
    EXPECT_EQ(crc32c(base::as_bytes("123456789")), 0xe3069283U);
}

// The mask is undone by its inverse: subtract, rotate left.
TEST(Crc32c, is_masked_by_a_rotation_and_a_sum) {
    auto const masked = masked_crc32c(base::as_bytes("123456789"));
    auto const rotated = masked - 0xa282ead8U;
    EXPECT_EQ((rotated << 15) | (rotated >> 17), 0xe3069283U);
}

} // namespace
} // namespace bulla::store
