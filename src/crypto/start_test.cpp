#include "crypto/start.hpp"

#include <gtest/gtest.h>

namespace bulla::crypto {

TEST(Start, the_linked_libsodium_refuses_points_outside_the_prime_order_subgroup) {
    EXPECT_TRUE(refuses_mixed_order_points());
}

TEST(Start, may_be_called_again) {
    start();
    EXPECT_TRUE(refuses_mixed_order_points());
}

} // namespace bulla::crypto
