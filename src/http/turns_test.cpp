#include "http/turns.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace bulla::http {
namespace {

using std::chrono::milliseconds;

// Requests with names, at a clock that the test moves; what became of each stands in `told`.
constexpr auto one_turn = turn_wait_aim / 5; // how long each takes in an overload

struct World {
    Turns turns;
    Turns::Time now{};
    std::string told; // "a" was served, "!a" was refused after a wait, "?a" at the door

    void arrive(Urgency urgency, char name) {
        if (!turns.open_for(urgency, now)) {
            told += {'?', name};
            return;
        }
        turns.enter(urgency, now, [this, name](auto waited) {
            if (!waited)
                told += '!';
            told += name;
        });
    }
    void give() {
        for (auto& one : turns.take(now))
            one();
    }
    void give_all() {
        while (!turns.is_empty())
            give();
    }
    // Logins come for longer than a burst may last, and are served as fast; at the end five wait.
    void overload() {
        for (char waiting = 0; waiting < 5; ++waiting)
            arrive(Urgency::login, 'x');
        for (auto const end = now + turn_burst_max; now < end; give()) {
            now += one_turn;
            arrive(Urgency::login, 'x');
        }
        now += milliseconds(1);
        told.clear();
    }
};

TEST(Turns, go_to_the_most_urgent_and_among_equals_to_the_first) {
    World world;
    world.arrive(Urgency::bulk, 'e');
    world.arrive(Urgency::registration, 'd');
    world.arrive(Urgency::login, 'c');
    world.arrive(Urgency::ongoing, 'a');
    world.arrive(Urgency::ongoing, 'b');
    world.give_all();
    EXPECT_EQ(world.told, "abcde");
}

TEST(Turns, are_given_one_at_a_time) {
    World world;
    world.arrive(Urgency::login, 'b');
    world.arrive(Urgency::login, 'c');
    world.give();
    EXPECT_EQ(world.told, "b");
    world.arrive(Urgency::ongoing, 'a'); // what comes between two turns is seen before the second
    world.give_all();
    EXPECT_EQ(world.told, "bac");
}

TEST(Turns, tell_how_long_the_wait_was) {
    Turns turns;
    std::optional<Turns::Time::duration> told;
    Turns::Time const begin{};
    turns.enter(Urgency::login, begin, [&](auto waited) { told = waited; });
    for (auto& one : turns.take(begin + milliseconds(7)))
        one();
    EXPECT_EQ(told, milliseconds(7));
}

TEST(Turns, absorb_a_burst) {
    World world;
    for (char name = 'a'; name <= 'z'; ++name)
        world.arrive(Urgency::login, name);
    world.now += turn_burst_max;
    world.arrive(Urgency::login, '.');
    world.give_all();
    EXPECT_EQ(world.told, "abcdefghijklmnopqrstuvwxyz.");
}

// What one may wait is five turns, and five wait.
TEST(Turns, are_refused_at_the_door_of_a_line_that_has_been_busy_for_long) {
    World world;
    world.overload();
    world.arrive(Urgency::login, 'a');
    EXPECT_EQ(world.told, "?a");
    world.give();
    world.arrive(Urgency::login, 'b');
    EXPECT_EQ(world.told, "?ax");
    world.arrive(Urgency::login, 'c');
    EXPECT_EQ(world.told, "?ax?c");
}

TEST(Turns, are_not_refused_to_others_because_one_line_is_overloaded) {
    World world;
    world.overload();
    world.arrive(Urgency::login, 'x');
    world.arrive(Urgency::ongoing, 'a');
    world.arrive(Urgency::registration, 'b');
    EXPECT_EQ(world.told, "?x");
    world.give();
    EXPECT_EQ(world.told, "?xa");
}

// Or each time a line runs empty, a burst would be let in to wait for a tenth of a second.
TEST(Turns, are_scarce_for_a_while_after_a_refusal_even_in_a_line_that_ran_empty) {
    World world;
    world.overload();
    world.arrive(Urgency::login, 'x');
    world.give_all();
    world.told.clear();
    for (char name = 'a'; name <= 'f'; ++name)
        world.arrive(Urgency::login, name);
    EXPECT_EQ(world.told, "?f");
}

TEST(Turns, are_given_patiently_again_a_while_after_the_last_refusal) {
    World world;
    world.overload();
    world.arrive(Urgency::login, 'x');
    world.give_all();
    world.told.clear();
    world.now += turn_burst_max + milliseconds(1);
    for (char name = 'a'; name <= 'h'; ++name)
        world.arrive(Urgency::login, name);
    world.give_all();
    EXPECT_EQ(world.told, "abcdefgh");
}

// At the pace of no turns at all one waits; the others learn at once.
TEST(Turns, that_never_come_are_not_waited_for_by_many) {
    World world;
    for (auto const end = world.now + 3 * turn_burst_max; world.now < end; world.now += milliseconds(1)) {
        world.arrive(Urgency::ongoing, 'o');
        world.arrive(Urgency::bulk, 'b');
        world.give();
    }
    world.told.clear();
    world.arrive(Urgency::bulk, '1');
    world.arrive(Urgency::bulk, '2');
    EXPECT_TRUE(world.told.ends_with("?2")) << world.told;
}

TEST(Turns, are_refused_to_all_who_waited_too_long_also_behind_more_urgent_ones) {
    World world;
    world.arrive(Urgency::registration, 'r');
    world.arrive(Urgency::registration, 's');
    world.now += turn_burst_max;
    world.arrive(Urgency::ongoing, 'a');
    world.arrive(Urgency::ongoing, 'b');
    world.give();
    EXPECT_EQ(world.told, "a");
    world.now += milliseconds(1);
    world.give();
    EXPECT_EQ(world.told, "a!r!sb");
}

// The server did not run for a second: who had begun is served, who has not is not waited with.
TEST(Turns, are_kept_longer_for_what_somebody_has_begun) {
    World world;
    world.arrive(Urgency::ongoing, 'a');
    world.arrive(Urgency::login, 'b');
    world.now += turn_ongoing_max;
    world.give_all();
    EXPECT_EQ(world.told, "!ba");
    world.arrive(Urgency::ongoing, 'c');
    world.now += turn_ongoing_max + milliseconds(1);
    world.give();
    EXPECT_EQ(world.told, "!ba!c");
}

TEST(Turns, may_be_asked_for_again_by_who_has_just_had_one) {
    World world;
    world.turns.enter(Urgency::login, world.now, [&](auto) { world.arrive(Urgency::login, 'b'); });
    world.arrive(Urgency::login, 'a');
    world.give_all();
    EXPECT_EQ(world.told, "ab");
}

TEST(Turns, are_waited_for_by_a_bounded_number) {
    World world;
    for (std::size_t count = 0; count < turn_line_max; ++count)
        world.arrive(Urgency::bulk, 'x');
    EXPECT_EQ(world.told, "");
    world.arrive(Urgency::bulk, 'a');
    EXPECT_EQ(world.told, "?a");
}

// Three times as many as can be served: nobody who is served waited for long once the burst is over, every
// turn is used, and who has begun is never refused.
RC_GTEST_PROP(Turns, keep_the_waits_short_and_the_thread_busy_under_any_lasting_overload, ()) {
    using std::chrono::microseconds;
    auto const service = microseconds(*rc::gen::inRange(100, 1'000));
    auto const end = Turns::Time{} + std::chrono::seconds(2);
    Turns turns;
    int begun = 0;
    int refused_ongoing = 0;
    Turns::Time::duration longest{};
    auto now = Turns::Time{};
    auto const served = [&](std::optional<Turns::Time::duration> waited) {
        if (!waited)
            return;
        if (now > Turns::Time{} + 3 * turn_burst_max)
            longest = std::max(longest, *waited);
        if (++begun % 2 == 0)
            turns.enter(Urgency::ongoing, now, [&](auto granted) { refused_ongoing += !granted; });
    };
    for (; now < end; now += service) {
        for (int arrival = 0; arrival < 3; ++arrival)
            if (turns.open_for(Urgency::login, now))
                turns.enter(Urgency::login, now, served);
        RC_ASSERT(!turns.is_empty());
        for (auto& one : turns.take(now))
            one();
    }
    RC_ASSERT(refused_ongoing == 0);
    RC_ASSERT(longest <= 2 * turn_wait_aim);
}

} // namespace
} // namespace bulla::http
