#include "net/io_threads.hpp"

#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <future>
#include <set>

namespace bulla::net {
namespace {

std::thread::id thread_of(boost::asio::io_context& context) {
    std::promise<std::thread::id> promise;
    boost::asio::post(context, [&] { promise.set_value(std::this_thread::get_id()); });
    return promise.get_future().get();
}

TEST(IoThreads, give_each_context_a_thread_of_its_own) {
    IoThreads threads(3);
    std::set<std::thread::id> seen;
    for (std::size_t index = 0; index < threads.size(); ++index)
        seen.insert(thread_of(threads.at(index)));
    EXPECT_EQ(seen.size(), 3);
    EXPECT_FALSE(seen.contains(std::this_thread::get_id()));
}

TEST(IoThreads, are_picked_in_turn) {
    IoThreads threads(2);
    auto& first = threads.pick();
    auto& second = threads.pick();
    EXPECT_NE(&first, &second);
    EXPECT_EQ(&first, &threads.pick());
    EXPECT_EQ(&second, &threads.pick());
}

TEST(IoThreads, name_the_thread_whose_handler_does_not_come_back) {
    IoThreads threads(2, "lane");
    EXPECT_TRUE(threads.silent_threads().empty());
    std::promise<void> entered;
    std::promise<void> gate;
    boost::asio::post(threads.at(1), [&] {
        entered.set_value();
        gate.get_future().wait();
    });
    entered.get_future().wait(); // what was asked before has been answered
    thread_of(threads.at(0));
    EXPECT_TRUE(threads.silent_threads().empty());
    thread_of(threads.at(0));
    EXPECT_EQ(threads.silent_threads(), std::vector<std::string>{"lane-1"});
    thread_of(threads.at(0));
    EXPECT_EQ(threads.silent_threads(), std::vector<std::string>{"lane-1"});
    gate.set_value();
    thread_of(threads.at(0));
    thread_of(threads.at(1));
    EXPECT_TRUE(threads.silent_threads().empty());
}

TEST(IoThreads, drop_what_is_posted_after_the_stop) {
    auto const witness = std::make_shared<int>(0);
    {
        IoThreads threads(1);
        threads.stop_and_join();
        boost::asio::post(threads.at(0), [witness] { ++*witness; });
    }
    EXPECT_EQ(*witness, 0);
    EXPECT_EQ(witness.use_count(), 1);
}

TEST(IoThreadsDeathTest, an_exception_at_the_top_of_a_thread_ends_the_process_with_a_message) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_DEATH(
        {
            IoThreads threads(1, "lane");
            boost::asio::post(threads.at(0), [] { throw std::runtime_error("out of order"); });
            std::promise<void>().get_future().wait();
        },
        "thread lane-0 failed: out of order");
}

TEST(Thread, asks_its_body_to_stop_and_joins) {
    std::promise<void> stopped;
    Thread thread("waiter", [&](std::stop_token const& stop) {
        std::promise<void> asked;
        std::stop_callback const callback(stop, [&] { asked.set_value(); });
        asked.get_future().wait();
        stopped.set_value();
    });
    thread.stop_and_join();
    EXPECT_EQ(stopped.get_future().wait_for(std::chrono::seconds(0)), std::future_status::ready);
    thread.stop_and_join();
}

} // namespace
} // namespace bulla::net
