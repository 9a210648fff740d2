#include "net/thread.hpp"

#include <gtest/gtest.h>

#include <sched.h>

#include <atomic>

namespace bulla::net {
namespace {

int policy_of_thread(Pace pace) {
    std::atomic<int> policy = -1;
    Thread thread("a", [&](std::stop_token const&) { policy = ::sched_getscheduler(0); }, pace);
    thread.stop_and_join();
    return policy;
}

TEST(Thread, of_patient_pace_takes_no_core_from_others) {
    EXPECT_EQ(policy_of_thread(Pace::patient), SCHED_BATCH);
    EXPECT_EQ(policy_of_thread(Pace::prompt), ::sched_getscheduler(0));
}

TEST(Thread, is_asked_to_end_and_joined) {
    std::atomic<bool> has_ended = false;
    {
        Thread const thread("a", [&](std::stop_token const& stop) {
            while (!stop.stop_requested())
                ::sched_yield();
            has_ended = true;
        });
    }
    EXPECT_TRUE(has_ended);
}

} // namespace
} // namespace bulla::net
