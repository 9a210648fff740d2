#include "service/limits.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <set>
#include <thread>

namespace bulla::service {
namespace {

using namespace std::chrono_literals;
using Kind = LimitRefusal::Kind;

constexpr base::Timestamp noon{1'800'000'000s};

class FakeStore final : public CounterStore {
public:
    std::optional<base::ByteBuffer> load_counter(base::ByteView key) override {
        base::Lock const lock(mutex);
        auto const found = rows.find(base::to_buffer(key));
        return found == rows.end() ? std::nullopt : std::optional(found->second);
    }
    Kept change_counters(std::vector<store::CounterChange> const& changes) override {
        base::Lock const lock(mutex);
        if (is_full)
            return Kept::no_space;
        ++writes;
        for (auto const& [key, row] : changes)
            if (row)
                rows[key] = *row;
            else
                rows.erase(key);
        return Kept::yes;
    }
    int writes = 0;
    bool is_full = false;
    base::Mutex mutex;
    std::map<base::ByteBuffer, base::ByteBuffer> rows;
};

ledger::Label label(std::uint8_t number) {
    return ledger::Label(std::array<std::uint8_t, 32>{number});
}
base::ByteBuffer prefix(std::uint8_t number) {
    return {192, 0, number};
}

// Rules that never wait but for the one under test.
GuessRules without_delays() {
    Ladder const flat{.first = 1'000};
    return {.name = flat, .name_and_prefix = flat, .prefix = {.spacing = 0ms, .burst = 1}};
}

class GuessLimitsTest : public testing::Test {
protected:
    FakeStore store;
    GuessLimits limits{store};
    base::Timestamp now = noon;

    // Guesses as soon as it is allowed; returns how long that took.
    Seconds guess_when_allowed(base::ByteView from) {
        Seconds waited{0};
        for (;;) {
            auto const ticket = limits.begin_guess(label(1), from, now);
            if (ticket)
                return waited;
            waited += ticket.error().retry_after;
            now += ticket.error().retry_after;
        }
    }
};

// G8
TEST_F(GuessLimitsTest, that_cannot_be_counted_for_want_of_space_allow_nothing) {
    store.is_full = true;
    auto const guess = limits.begin_guess(label(1), prefix(1), now);
    ASSERT_FALSE(guess);
    EXPECT_EQ(guess.error().kind, Kind::no_space);
    auto const registration = limits.begin_registration(label(1), prefix(1), now);
    ASSERT_FALSE(registration);
    EXPECT_EQ(registration.error().kind, Kind::no_space);
    store.is_full = false;
    EXPECT_TRUE(limits.begin_guess(label(1), prefix(1), now));
}

TEST_F(GuessLimitsTest, let_four_guesses_from_four_prefixes_pass_and_delay_after_the_fifth) {
    for (std::uint8_t number = 1; number <= 5; ++number)
        EXPECT_TRUE(limits.begin_guess(label(1), prefix(number), now).has_value()) << int{number};
    auto const refused = limits.begin_guess(label(1), prefix(6), now);
    EXPECT_EQ(refused.error().kind, Kind::wait);
    EXPECT_EQ(refused.error().retry_after, 30s);
    EXPECT_EQ(limits.begin_guess(label(1), prefix(6), now + 29'999ms).error().retry_after, 1s);
    EXPECT_TRUE(limits.begin_guess(label(1), prefix(6), now + 30s).has_value());
}

TEST_F(GuessLimitsTest, double_the_delay_of_a_name_up_to_an_hour) {
    for (std::uint8_t number = 1; number <= 5; ++number)
        guess_when_allowed(prefix(number));
    std::uint8_t number = 6;
    for (auto const delay : {30s, 60s, 120s, 240s, 480s, 960s, 1'920s, 3'600s, 3'600s})
        EXPECT_EQ(guess_when_allowed(prefix(number++)), delay);
}

TEST_F(GuessLimitsTest, let_four_guesses_of_one_prefix_pass_and_delay_after_the_fifth) {
    for (int count = 0; count < 5; ++count)
        EXPECT_TRUE(limits.begin_guess(label(1), prefix(1), now).has_value());
    EXPECT_EQ(limits.begin_guess(label(1), prefix(1), now).error().retry_after, 30s);
}

TEST_F(GuessLimitsTest, slow_a_stranger_more_than_the_name) {
    for (int count = 0; count < 5; ++count)
        guess_when_allowed(prefix(1));
    for (auto const delay : {30s, 120s, 480s, 1'920s, 7'680s, 14'400s, 14'400s})
        EXPECT_EQ(guess_when_allowed(prefix(1)), delay);
}

TEST_F(GuessLimitsTest, leave_the_owner_gaps_between_a_strangers_guesses) {
    for (int count = 0; count < 30; ++count)
        guess_when_allowed(prefix(1));
    now += 3'600s; // the longest delay of the name; the stranger's is four times that
    EXPECT_FALSE(limits.begin_guess(label(1), prefix(1), now).has_value());
    EXPECT_TRUE(limits.begin_guess(label(1), prefix(2), now).has_value());
}

TEST_F(GuessLimitsTest, of_one_name_do_not_touch_another) {
    for (std::uint8_t number = 1; number <= 5; ++number)
        EXPECT_TRUE(limits.begin_guess(label(1), prefix(number), now).has_value());
    EXPECT_TRUE(limits.begin_guess(label(2), prefix(6), now).has_value());
}

TEST_F(GuessLimitsTest, do_not_count_what_they_refuse) {
    for (std::uint8_t number = 1; number <= 5; ++number)
        guess_when_allowed(prefix(number));
    auto const before = store.rows;
    for (int count = 0; count < 50; ++count)
        EXPECT_FALSE(limits.begin_guess(label(1), prefix(9), now).has_value());
    EXPECT_EQ(store.rows, before);
    EXPECT_TRUE(limits.begin_guess(label(1), prefix(9), now + 30s).has_value()); // nor in the prefix's bucket
}

TEST_F(GuessLimitsTest, begin_anew_after_a_verified_login) {
    for (int count = 0; count < 2; ++count)
        guess_when_allowed(prefix(1));
    auto ticket = limits.begin_guess(label(1), prefix(1), now);
    EXPECT_EQ(ticket.value().failures(), 3);
    limits.give_back(*std::move(ticket));
    EXPECT_TRUE(store.rows.empty());
    EXPECT_EQ(limits.begin_guess(label(1), prefix(1), now).value().failures(), 1);
}

TEST_F(GuessLimitsTest, keep_a_dropped_ticket_as_a_failure) {
    {
        auto const ticket = limits.begin_guess(label(1), prefix(1), now);
    }
    EXPECT_EQ(limits.begin_guess(label(1), prefix(1), now).value().failures(), 2);
}

// E7
TEST_F(GuessLimitsTest, close_a_name_after_a_hundred_failures) {
    for (int count = 0; count < 100; ++count)
        guess_when_allowed(prefix(static_cast<std::uint8_t>(count)));
    now += std::chrono::years{1};
    auto const refused = limits.begin_guess(label(1), prefix(200), now);
    EXPECT_EQ(refused.error().kind, Kind::closed);
    EXPECT_EQ(refused.error().retry_after, 1h);
    limits.registered(label(1));
    EXPECT_TRUE(limits.begin_guess(label(1), prefix(200), now).has_value());
}

TEST_F(GuessLimitsTest, make_a_hundred_guesses_take_more_than_three_days) {
    Seconds waited{0};
    for (int count = 0; count < 100; ++count)
        waited += guess_when_allowed(prefix(static_cast<std::uint8_t>(count)));
    EXPECT_GT(waited, 72h);
    EXPECT_LT(waited, 96h);
}

// E8
TEST_F(GuessLimitsTest, outlive_the_object) {
    for (std::uint8_t number = 1; number <= 5; ++number)
        guess_when_allowed(prefix(number));
    GuessLimits after_restart{store};
    EXPECT_EQ(after_restart.begin_guess(label(1), prefix(6), now).error().retry_after, 30s);
    EXPECT_EQ(after_restart.begin_guess(label(1), prefix(6), now + 30s).value().failures(), 6);
}

// G9
TEST_F(GuessLimitsTest, start_a_delay_anew_when_the_clock_goes_back) {
    for (std::uint8_t number = 1; number <= 5; ++number)
        guess_when_allowed(prefix(number));
    auto const early = now - std::chrono::years{1};
    EXPECT_EQ(limits.begin_guess(label(1), prefix(6), early).error().retry_after, 30s);
    EXPECT_EQ(limits.begin_guess(label(1), prefix(6), early + 20s).error().retry_after, 10s);
    EXPECT_TRUE(limits.begin_guess(label(1), prefix(6), early + 30s).has_value());
}

// Each write is a call of the system: a login pays for two, and not for four.
TEST_F(GuessLimitsTest, count_and_give_back_with_one_write_each) {
    auto ticket = limits.begin_guess(label(1), prefix(1), now);
    EXPECT_EQ(store.writes, 1);
    EXPECT_EQ(store.rows.size(), 2U);
    limits.give_back(*std::move(ticket));
    EXPECT_EQ(store.writes, 2);
    EXPECT_TRUE(store.rows.empty());
}

TEST_F(GuessLimitsTest, treat_a_row_they_cannot_read_as_closed) {
    store.rows[guess_key(label(1))] = {1};
    store.rows[registration_key(label(1))] = {1};
    EXPECT_EQ(limits.begin_guess(label(1), prefix(1), now).error().kind, Kind::closed);
    EXPECT_EQ(limits.begin_registration(label(1), prefix(1), now).error().kind, Kind::closed);
}

TEST_F(GuessLimitsTest, let_a_prefix_evaluate_forty_times_at_once_and_twenty_times_a_minute) {
    int names = 0;
    auto const allowed = [&](base::Timestamp time) {
        return limits.begin_guess(label(static_cast<std::uint8_t>(names++)), prefix(1), time).has_value();
    };
    for (int count = 0; count < 40; ++count)
        EXPECT_TRUE(allowed(now)) << count;
    EXPECT_FALSE(allowed(now));
    EXPECT_TRUE(limits.begin_guess(label(250), prefix(2), now).has_value());
    int in_a_minute = 0;
    for (auto time = now; time <= now + 1min; time += 500ms)
        in_a_minute += allowed(time);
    EXPECT_EQ(in_a_minute, 20);
}

TEST_F(GuessLimitsTest, say_when_a_prefix_may_go_on) {
    for (std::uint8_t number = 0; number < 40; ++number)
        EXPECT_TRUE(limits.begin_guess(label(number), prefix(1), now).has_value());
    EXPECT_EQ(limits.begin_guess(label(99), prefix(1), now).error().retry_after, 3s);
    EXPECT_EQ(limits.begin_guess(label(99), prefix(1), now - 24h).error().retry_after, 3s);
    EXPECT_TRUE(limits.begin_guess(label(99), prefix(1), now - 24h + 3s).has_value());
}

TEST_F(GuessLimitsTest, tell_names_apart_from_prefixes_of_any_length) {
    EXPECT_TRUE(limits.begin_guess(label(1), {}, now).has_value());
    EXPECT_TRUE(limits.begin_guess(label(1), base::ByteBuffer(1'000, 7), now).has_value());
    EXPECT_EQ(store.rows.size(), 3); // the name, and two prefixes
    for (auto const& [key, row] : store.rows)
        EXPECT_LE(key.size(), 49);
}

TEST_F(GuessLimitsTest, let_five_registrations_of_a_name_pass_in_an_hour_and_twenty_in_a_day) {
    int allowed = 0;
    for (auto time = now; time < now + 24h; time += 1min)
        allowed +=
            limits.begin_registration(label(1), prefix(static_cast<std::uint8_t>(allowed)), time).has_value();
    EXPECT_EQ(allowed, 20);
    EXPECT_TRUE(limits.begin_registration(label(1), prefix(99), now + 24h).has_value());
}

TEST_F(GuessLimitsTest, say_when_a_name_may_be_registered) {
    for (std::uint8_t number = 0; number < 5; ++number)
        EXPECT_TRUE(limits.begin_registration(label(1), prefix(number), now).has_value());
    EXPECT_EQ(limits.begin_registration(label(1), prefix(9), now + 20min).error().retry_after, 40min);
    EXPECT_EQ(limits.begin_registration(label(1), prefix(9), now - 1h).error().retry_after, 1h);
}

TEST_F(GuessLimitsTest, close_the_registration_of_a_name_after_a_hundred_evaluations_until_it_is_registered) {
    int allowed = 0;
    for (auto time = now; time < now + 240h; time += 10min)
        allowed +=
            limits.begin_registration(label(1), prefix(static_cast<std::uint8_t>(allowed)), time).has_value();
    EXPECT_EQ(allowed, 100);
    EXPECT_EQ(limits.begin_registration(label(1), prefix(101), now + 1'000h).error().kind, Kind::closed);
    limits.registered(label(1));
    EXPECT_TRUE(limits.begin_registration(label(1), prefix(101), now + 1'000h).has_value());
}

TEST_F(GuessLimitsTest, let_a_prefix_register_ten_names_in_any_hour) {
    for (std::uint8_t number = 0; number < 10; ++number)
        EXPECT_TRUE(limits.begin_registration(label(number), prefix(1), now + number * 5min).has_value());
    EXPECT_EQ(limits.begin_registration(label(99), prefix(1), now + 50min).error().retry_after, 10min);
    EXPECT_TRUE(limits.begin_registration(label(99), prefix(1), now + 60min).has_value());
    EXPECT_FALSE(limits.begin_registration(label(98), prefix(1), now + 60min).has_value());
    EXPECT_TRUE(limits.begin_registration(label(98), prefix(2), now + 60min).has_value());
}

TEST_F(GuessLimitsTest, keep_registrations_over_a_restart) {
    for (std::uint8_t number = 0; number < 5; ++number)
        EXPECT_TRUE(limits.begin_registration(label(1), prefix(number), now).has_value());
    GuessLimits after_restart{store};
    EXPECT_EQ(after_restart.begin_registration(label(1), prefix(9), now).error().retry_after, 1h);
}

// E7
TEST(GuessLimits, count_a_hundred_guesses_at_once_from_one_to_a_hundred) {
    FakeStore store;
    GuessLimits limits{store, without_delays()};
    std::multiset<int> seen;
    base::Mutex mutex;
    std::vector<std::jthread> threads;
    for (std::uint8_t thread = 0; thread < 4; ++thread)
        threads.emplace_back([&, thread] {
            for (int count = 0; count < 30; ++count)
                if (auto const ticket = limits.begin_guess(label(1), prefix(thread), noon)) {
                    base::Lock const lock(mutex);
                    seen.insert(ticket->failures());
                }
        });
    threads.clear();
    std::multiset<int> expected;
    for (int number = 1; number <= 100; ++number)
        expected.insert(number);
    EXPECT_EQ(seen, expected);
}

TEST(PrefixTable, forgets_the_prefix_used_longest_ago) {
    PrefixTable<int> table(2);
    table.touch(prefix(1), 0) = 1;
    table.touch(prefix(2), 0) = 2;
    EXPECT_EQ(table.touch(prefix(1), 0), 1);
    table.touch(prefix(3), 0) = 3;
    EXPECT_EQ(table.touch(prefix(1), 0), 1);
    EXPECT_EQ(table.touch(prefix(2), 0), 0);
    EXPECT_EQ(table.size(), 2);
}

TEST(PrefixTable, holds_no_more_than_its_capacity_whatever_comes) {
    PrefixTable<int> table(100);
    for (std::uint32_t number = 0; number < 100'000; ++number)
        table.touch(base::ByteBuffer{static_cast<std::uint8_t>(number >> 16),
                                     static_cast<std::uint8_t>(number >> 8),
                                     static_cast<std::uint8_t>(number)},
                    0);
    EXPECT_EQ(table.size(), 100);
}

// The law behind "never shortens": whatever the clock shows between, real time from the last guess to the
// next allowed one is at least the delay, as long as the clock is not set forwards.
RC_GTEST_PROP(GuessLimits, never_wait_less_because_a_clock_was_set_back, ()) {
    FakeStore store;
    GuessRules rules;
    rules.name_and_prefix = {.first = 1'000};
    GuessLimits limits{store, rules};
    for (int count = 0; count < 5; ++count)
        limits.begin_guess(label(1), prefix(1), noon).value();
    auto const step = rc::gen::element(0, 1, 400, 999, 1'000, 7'000, 12'345);
    auto const back = rc::gen::weightedElement<int>({{6, 0}, {1, 1}, {1, 999}, {1, 100'000}});
    std::chrono::milliseconds real{0};
    std::chrono::milliseconds behind{0};
    bool allowed = false;
    for (int count = 0; count < 30 && !allowed; ++count) {
        real += std::chrono::milliseconds{*step};
        behind += std::chrono::milliseconds{*back};
        allowed = limits.begin_guess(label(1), prefix(1), noon + real - behind).has_value();
    }
    RC_CLASSIFY(allowed, "allowed again");
    RC_ASSERT(!allowed || real >= 30s);
}

} // namespace
} // namespace bulla::service
