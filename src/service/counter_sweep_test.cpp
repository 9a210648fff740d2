#include "service/counter_sweep.hpp"

#include "support/memory_ledger_database.hpp"
#include "support/temporary_directory.hpp"

#include <gtest/gtest.h>

namespace bulla::service {
namespace {

using namespace std::chrono_literals;

constexpr base::Timestamp noon{1'800'000'000s};
constexpr auto days = [](int count) { return std::chrono::hours{24 * count}; };

class LiveCounters final : public CounterStore {
public:
    explicit LiveCounters(store::LiveDatabase& live) : live_(live) {}
    std::optional<base::ByteBuffer> load_counter(base::ByteView key) override {
        return live_.load_counter(key).value();
    }
    Kept change_counters(std::vector<store::CounterChange> const& changes) override {
        live_.change_counters(changes).value();
        return Kept::yes;
    }

private:
    store::LiveDatabase& live_;
};

ledger::Label label(std::uint16_t number) {
    return ledger::Label(
        std::array<std::uint8_t, 32>{std::uint8_t(number / 256), std::uint8_t(number % 256), 1});
}

// A name that has an account, and one that had one.
test::LedgerRows accounts() {
    test::LedgerRows rows;
    ledger::AccountRow row;
    row.head.status = ledger::AccountStatus::active;
    rows.accounts[label(1)] = row;
    row.head.status = ledger::AccountStatus::erased;
    rows.accounts[label(2)] = row;
    return rows;
}

class CounterSweepTest : public testing::Test {
protected:
    std::size_t tick() { return sweep.tick(now).value(); }
    // Until the sweep under way has ended.
    std::size_t sweep_all(int ticks) {
        std::size_t dropped = 0;
        for (; ticks > 0; --ticks)
            dropped += tick();
        return dropped;
    }
    void guess(ledger::Label const& of) {
        live->change_counters({{.key = guess_key(of), .row = GuessRow{}.counted({}, now).encode()}}).value();
    }
    bool has(base::ByteBuffer const& key) { return live->load_counter(key).value().has_value(); }
    std::size_t count() {
        std::size_t counted = 0;
        live->each_counter({}, [&](base::ByteView, base::ByteView) { return ++counted > 0; }).value();
        return counted;
    }

    test::TemporaryDirectory directory;
    std::unique_ptr<store::LiveDatabase> live = store::LiveDatabase::open(directory.path()).value();
    test::MemoryLedgerDatabase ledger{accounts()};
    LiveCounters counters{*live};
    GuessLimits limits{counters};
    CounterSweep sweep{*live, ledger, limits};
    base::Timestamp now = noon;
};

TEST_F(CounterSweepTest, drops_what_was_not_touched_for_thirty_days_and_nothing_younger) {
    base::ByteBuffer const prefix = {192, 0, 2};
    ASSERT_TRUE(limits.begin_guess(label(3), prefix, now));
    ASSERT_TRUE(limits.begin_registration(label(3), prefix, now));
    EXPECT_EQ(count(), 3U);
    now += days(30) - 1s;
    EXPECT_EQ(tick(), 0U);
    now += days(1);
    EXPECT_EQ(tick(), 3U);
    EXPECT_EQ(count(), 0U);
}

TEST_F(CounterSweepTest, keeps_the_failures_of_a_name_that_has_an_account) {
    for (auto const number : {1, 2, 3})
        guess(label(static_cast<std::uint16_t>(number)));
    now += days(31);
    EXPECT_EQ(tick(), 2U);
    EXPECT_TRUE(has(guess_key(label(1))));
    EXPECT_FALSE(has(guess_key(label(2)))); // erased
    EXPECT_FALSE(has(guess_key(label(3)))); // never there
}

// D6: a copied passkey is to show after years too.
TEST_F(CounterSweepTest, keeps_a_passkeys_counter_as_long_as_the_account) {
    auto const credential = ledger::CredentialId{};
    auto const kept = passkey_key(label(1), credential), dropped = passkey_key(label(2), credential);
    for (auto const& key : {kept, dropped})
        live->change_counters({{.key = key, .row = base::ByteBuffer{1, 0, 0, 0, 0, 7}}}).value();
    now += days(1000);
    EXPECT_EQ(sweep_all(3), 1U);
    EXPECT_TRUE(has(kept));
    EXPECT_FALSE(has(dropped));
}

TEST_F(CounterSweepTest, begins_at_once_and_then_once_a_day) {
    EXPECT_EQ(tick(), 0U);
    guess(label(3));
    auto const touched = now;
    now += days(30) - 1h;
    EXPECT_EQ(tick(), 0U); // a sweep that finds it an hour too young
    now = touched + days(30) + 1h;
    EXPECT_EQ(tick(), 0U); // no sweep
    now = touched + days(31) - 1h;
    EXPECT_EQ(tick(), 1U);
}

TEST_F(CounterSweepTest, takes_as_many_steps_as_there_are_thousands) {
    auto const total = static_cast<std::uint16_t>(2 * counters_swept_at_once + 1);
    for (std::uint16_t number = 100; number < 100 + total; ++number)
        guess(label(number));
    now += days(31);
    EXPECT_EQ(tick(), counters_swept_at_once);
    EXPECT_EQ(count(), counters_swept_at_once + 1);
    EXPECT_EQ(tick(), counters_swept_at_once);
    EXPECT_EQ(tick(), 1U);
    EXPECT_EQ(count(), 0U);
    guess(label(100));
    EXPECT_EQ(sweep_all(3), 0U);
}

TEST_F(CounterSweepTest, leaves_a_row_that_does_not_decode) {
    live->change_counters({{.key = guess_key(label(3)), .row = base::to_buffer(base::as_bytes("damaged"))}})
        .value();
    now += days(365);
    EXPECT_EQ(tick(), 0U);
    EXPECT_TRUE(has(guess_key(label(3))));
}

TEST_F(CounterSweepTest, begins_again_after_the_clock_went_back) {
    now += days(365);
    EXPECT_EQ(tick(), 0U);
    now = noon;
    guess(label(3));
    now += days(31);
    EXPECT_EQ(tick(), 1U);
}

// The row was old when the walk saw it, and a guess was counted since.
TEST_F(CounterSweepTest, does_not_drop_a_counter_that_was_touched_since_the_walk) {
    guess(label(3));
    now += days(31);
    auto const key = guess_key(label(3));
    auto const seen = live->load_counter(key).value().value();
    EXPECT_EQ(fate_of_counter(key, seen, now), CounterFate::drop_without_account);
    guess(label(3));
    EXPECT_EQ(limits.drop_old(label(3), key, now), Dropped::no);
    EXPECT_TRUE(has(key));
}

} // namespace
} // namespace bulla::service
