#include "ledger/rules.hpp"

#include <gtest/gtest.h>

namespace bulla::ledger {
namespace {

TEST(Rules, are_the_first_ones_until_something_is_agreed) {
    EXPECT_EQ(rules_at({}, 0), 1U);
    EXPECT_EQ(rules_at({}, 1'000'000), 1U);
}

TEST(Rules, change_at_the_agreed_height_and_not_before) {
    PolicyRow policy;
    policy.upgrade = {.rules_version = 2, .height = 100};
    EXPECT_EQ(rules_at(policy, 99), 1U);
    EXPECT_EQ(rules_at(policy, 100), 2U);
    policy.upgrade = {.rules_version = 3, .height = 200}; // agreed while the second ones are in force
    EXPECT_EQ(rules_at(policy, 199), 2U);
    EXPECT_EQ(rules_at(policy, 200), 3U);
}

TEST(Rules, stay_when_an_upgrade_is_dropped) {
    PolicyRow policy;
    policy.upgrade = {.rules_version = 2, .height = 0}; // what stands for a third version that was dropped
    EXPECT_EQ(rules_at(policy, 150), 2U);
}

TEST(Rules, of_version_0_stop_nobody) {
    PolicyRow policy;
    policy.upgrade = {.rules_version = 0, .height = 100};
    EXPECT_EQ(rules_at(policy, 99), 0U);
}

TEST(Rules, of_this_program_are_those_that_genesis_names) {
    EXPECT_EQ(newest_rules(), 1U);
}

} // namespace
} // namespace bulla::ledger
