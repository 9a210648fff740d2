#include "service/events.hpp"

#include "service/test_node.hpp"
#include "support/temporary_directory.hpp"

namespace bulla::service {
namespace {

TEST(Events, count_sign_ins_registrations_and_what_the_limits_refuse) {
    test::TemporaryDirectory const directory;
    SetClock clock;
    TestNode node({.data = directory.path() / "data"}, clock);
    auto& events = node.events();
    node.sign_up();
    EXPECT_EQ(events.count(Event::registration_good), 1U);
    EXPECT_TRUE(node.log_in(test_password));
    for (int guess = 0; guess < 5; ++guess)
        EXPECT_FALSE(node.log_in("another horse"));
    EXPECT_FALSE(node.log_in(test_password)); // has to wait
    EXPECT_EQ(events.count(Event::login_good), 1U);
    EXPECT_EQ(events.count(Event::login_refused), 5U);
    EXPECT_EQ(events.count(Event::login_limited), 1U);
    EXPECT_EQ(events.count(Event::guess), 6U);
    EXPECT_EQ(events.count(Event::name_closed), 0U);
}

TEST(Events, tell_once_that_a_name_was_closed) {
    test::TemporaryDirectory const directory;
    SetClock clock;
    TestNode node({.data = directory.path() / "data"}, clock);
    auto& events = node.events();
    int told = 0;
    events.when_name_closes([&] { ++told; });
    for (int guess = 0; guess < 100; ++guess) {
        clock.advance(std::chrono::hours{4}); // the longest delay there is
        EXPECT_TRUE(node.begin_guess(ledger::Label{}));
        EXPECT_EQ(told, guess == 99 ? 1 : 0);
    }
    clock.advance(std::chrono::hours{4});
    EXPECT_FALSE(node.begin_guess(ledger::Label{}));
    EXPECT_EQ(told, 1);
    EXPECT_EQ(events.count(Event::guess), 100U);
    EXPECT_EQ(events.count(Event::name_closed), 1U);
    EXPECT_EQ(events.count(Event::login_closed), 1U);
}

} // namespace
} // namespace bulla::service
