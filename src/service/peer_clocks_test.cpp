#include "service/peer_clocks.hpp"

#include <gtest/gtest.h>

namespace bulla::service {
namespace {

using Time = PeerClocks::Time;

ledger::NodeId node(std::uint8_t number) {
    return ledger::NodeId::from(base::ByteBuffer(ledger::NodeId::size, number));
}

TEST(PeerClocks, blame_nobody_without_a_word) {
    EXPECT_FALSE(PeerClocks().is_own_wrong(4));
    EXPECT_FALSE(PeerClocks().is_own_wrong(1));
}

TEST(PeerClocks, one_of_three_others_with_another_time_is_wrong_itself) {
    PeerClocks clocks;
    clocks.note(node(1), Time::other);
    EXPECT_FALSE(clocks.is_own_wrong(4));
}

TEST(PeerClocks, most_others_with_another_time_are_right_until_they_have_the_same) {
    PeerClocks clocks;
    clocks.note(node(1), Time::other);
    clocks.note(node(2), Time::other);
    EXPECT_TRUE(clocks.is_own_wrong(4));
    clocks.note(node(1), Time::like_own);
    EXPECT_FALSE(clocks.is_own_wrong(4));
}

} // namespace
} // namespace bulla::service
