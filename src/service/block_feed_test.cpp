#include "service/block_feed.hpp"

#include "service/test_node.hpp"
#include "support/temporary_directory.hpp"

#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>

namespace bulla::service {
namespace {

using boost::asio::awaitable;
using News = std::optional<BlockNews>;

AddressPrefix const here{10, 0, 0};
AddressPrefix const elsewhere{10, 0, 1};

class BlockFeedTest : public testing::Test {
protected:
    static Settings settings_for(std::filesystem::path const& data) {
        Settings settings;
        settings.data = data;
        return settings;
    }

    // Nothing comes back for want of news within a test.
    BlockFeed feed_that_waits() {
        return BlockFeed(ground, {.pace = {}, .silence_max = std::chrono::hours{1}});
    }

    News next(BlockFeed::Listener& listener) { return node.wait(listener.next()); }
    News next_while(BlockFeed::Listener& listener, std::function<awaitable<void>()> other) {
        return node.wait(wait_beside(listener, std::move(other)));
    }
    std::uint64_t height() const { return ground.head()->block.height.number(); }
    static std::vector<std::uint64_t> heights(News const& news) {
        std::vector<std::uint64_t> heights;
        for (auto const& block : news.value().blocks)
            heights.push_back(block.entry.height.number());
        return heights;
    }

    bulla::test::TemporaryDirectory directory;
    SetClock clock;
    TestNode node{settings_for(directory.path() / "data"), clock};
    Ground const& ground = node.application().ground();

private:
    static awaitable<News> wait_beside(BlockFeed::Listener& listener,
                                       std::function<awaitable<void>()> other) {
        boost::asio::co_spawn(co_await boost::asio::this_coro::executor, other(), boost::asio::detached);
        co_return co_await listener.next();
    }
};

TEST_F(BlockFeedTest, begins_with_the_newest_block_and_its_checkpoint) {
    auto feed = feed_that_waits();
    auto const listener = feed.listen(here, std::nullopt);
    auto const news = next(*listener);
    ASSERT_EQ(heights(news), std::vector{height()});
    EXPECT_EQ(news->head->checkpoint, ground.head()->checkpoint);
    EXPECT_EQ(news->blocks[0].index, ground.head()->block_index);
    EXPECT_EQ(news->blocks[0].entry.entry_count, ground.head()->block.entry_count);
}

TEST_F(BlockFeedTest, begins_after_the_block_that_was_seen_last_and_leaves_none_out) {
    auto feed = feed_that_waits();
    auto const listener = feed.listen(here, ledger::BlockHeight{0});
    node.rotate();
    std::vector<std::uint64_t> expected;
    for (std::uint64_t one = 1; one <= height(); ++one)
        expected.push_back(one);
    EXPECT_GE(expected.size(), 2U);
    EXPECT_EQ(heights(next(*listener)), expected);
}

TEST_F(BlockFeedTest, wakes_who_waits_when_a_block_comes) {
    auto feed = feed_that_waits();
    auto const listener = feed.listen(here, ledger::BlockHeight{height()});
    auto const before = height();
    auto const news =
        next_while(*listener, [&]() -> awaitable<void> { EXPECT_TRUE(co_await node.keys().rotate()); });
    ASSERT_TRUE(news && !news->blocks.empty());
    EXPECT_EQ(news->blocks[0].entry.height.number(), before + 1);
}

TEST_F(BlockFeedTest, does_not_wait_for_a_height_that_was_made_up) {
    auto feed = feed_that_waits();
    auto const listener = feed.listen(here, ledger::BlockHeight{~std::uint64_t{0}});
    auto const before = height();
    node.rotate();
    EXPECT_EQ(heights(next(*listener)).front(), before + 1);
}

TEST_F(BlockFeedTest, comes_back_without_news_when_there_is_none) {
    BlockFeed feed(ground, {.pace = {}, .silence_max = {}});
    auto const listener = feed.listen(here, ledger::BlockHeight{height()});
    EXPECT_TRUE(heights(next(*listener)).empty());
    EXPECT_TRUE(heights(next(*listener)).empty());
}

TEST_F(BlockFeedTest, ends_for_who_waits_and_for_who_comes_later) {
    auto feed = feed_that_waits();
    auto const listener = feed.listen(here, ledger::BlockHeight{height()});
    auto const ended = next_while(*listener, [&]() -> awaitable<void> {
        feed.end();
        co_return;
    });
    EXPECT_FALSE(ended);
    auto const late = feed.listen(here, ledger::BlockHeight{0});
    EXPECT_FALSE(next(*late));
}

TEST_F(BlockFeedTest, has_so_many_seats_and_so_many_of_one_prefix) {
    auto feed = feed_that_waits();
    std::vector<std::unique_ptr<BlockFeed::Listener>> listeners;
    for (std::size_t count = 0; count < listeners_per_prefix_max; ++count)
        listeners.push_back(feed.listen(here, std::nullopt));
    EXPECT_EQ(feed.listen(here, std::nullopt), nullptr);
    for (std::uint8_t place = 1; feed.listeners() < listeners_max; ++place)
        for (std::size_t count = 0; count < listeners_per_prefix_max; ++count)
            listeners.push_back(feed.listen({10, 1, place}, std::nullopt));
    EXPECT_TRUE(std::ranges::all_of(listeners, [](auto const& each) { return each != nullptr; }));
    EXPECT_EQ(feed.listen(elsewhere, std::nullopt), nullptr);
    listeners.erase(listeners.begin());
    EXPECT_NE(feed.listen(here, std::nullopt), nullptr);
}

} // namespace
} // namespace bulla::service
