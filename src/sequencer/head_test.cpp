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

TEST(HeadFeed, tells_its_listener_of_each_head_once_it_can_be_read_and_of_none_after_its_end) {
    auto const first = std::make_shared<Head>();
    auto const second = std::make_shared<Head>();
    HeadFeed feed(first);
    std::vector<HeadPointer> seen;
    feed.listen([&] { seen.push_back(feed.newest()); });
    feed.publish(second);
    feed.listen({});
    feed.publish(first);
    EXPECT_EQ(seen, std::vector<HeadPointer>{second});
}

} // namespace
} // namespace bulla::sequencer
