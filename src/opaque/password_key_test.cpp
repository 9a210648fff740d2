#include "opaque/password_key.hpp"

#include <gtest/gtest.h>

namespace bulla::opaque {
namespace {

using base::ByteBuffer;

Secret<64> export_key(std::uint8_t byte) {
    return Secret<64>::from(ByteBuffer(64, byte));
}

} // namespace

TEST(PasswordKey, is_a_function_of_export_key_network_label_and_generation) {
    ByteBuffer const one(32, 1);
    ByteBuffer const two(32, 2);
    auto const key = derive_password_key(export_key(7), one, two, 1).public_key();
    EXPECT_EQ(key, derive_password_key(export_key(7), one, two, 1).public_key());
    EXPECT_NE(key, derive_password_key(export_key(8), one, two, 1).public_key());
    EXPECT_NE(key, derive_password_key(export_key(7), two, two, 1).public_key());
    EXPECT_NE(key, derive_password_key(export_key(7), one, one, 1).public_key());
    EXPECT_NE(key, derive_password_key(export_key(7), two, one, 1).public_key());
    EXPECT_NE(key, derive_password_key(export_key(7), one, two, 2).public_key());
}

TEST(PasswordKeyDeathTest, a_label_of_another_size_ends_the_process) {
    EXPECT_DEATH((void)derive_password_key(export_key(7), ByteBuffer(32), ByteBuffer(31), 1),
                 "internal check failed");
}

} // namespace bulla::opaque
