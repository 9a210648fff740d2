#include "net/signals.hpp"

#include "net/system_clock.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <csignal>

namespace bulla::net {
namespace {

std::optional<EndSignal> signal_seen_after(int number) {
    boost::asio::io_context context;
    std::optional<EndSignal> seen;
    boost::asio::co_spawn(context, wait_for_end_signal(),
                          [&](std::exception_ptr, EndSignal signal) { seen = signal; });
    // The wait is begun first: both are queued in this order on one thread.
    boost::asio::post(context, [&] { boost::asio::post(context, [number] { std::raise(number); }); });
    context.run();
    return seen;
}

TEST(Signals, of_termination_are_waited_for) {
    EXPECT_EQ(signal_seen_after(SIGTERM), EndSignal::terminate);
}

TEST(Signals, of_interruption_are_waited_for) {
    EXPECT_EQ(signal_seen_after(SIGINT), EndSignal::interrupt);
}

TEST(SystemClock, tells_a_time_after_this_was_written) {
    EXPECT_GT(base::unix_milliseconds(SystemClock().now()), 1'750'000'000'000);
}

} // namespace
} // namespace bulla::net
