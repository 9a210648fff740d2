#include "sequencer/head.hpp"

#include <gtest/gtest.h>

namespace bulla::sequencer {
namespace {

TEST(HeadFeed, hands_out_the_newest_and_counts_each_change) {
    auto const first = std::make_shared<Head>();
    auto const second = std::make_shared<Head>();
    HeadFeed feed(first);
    EXPECT_EQ(feed.newest(), first);
    auto const generation = feed.generation();
    feed.publish(second);
    EXPECT_EQ(feed.newest(), second);
    EXPECT_EQ(feed.generation(), generation + 1);
    EXPECT_EQ(first.use_count(), 1); // nothing holds the head before
}

} // namespace
} // namespace bulla::sequencer
