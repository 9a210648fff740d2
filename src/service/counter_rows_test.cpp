#include "service/counter_rows.hpp"

#include "base/encoding.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace bulla::service {
namespace {

using namespace std::chrono_literals;

constexpr base::Timestamp noon{1'800'000'000s};

ledger::Label any_label() {
    return ledger::Label(std::array<std::uint8_t, 32>{9});
}

TEST(GuessRow, has_the_layout_of_its_drawing) {
    GuessRow const row{.failures = 0x0058, .allowed_at = 0x11223344, .touched_at = 0x55667788};
    EXPECT_EQ(base::to_hex(row.encode()), "010000581122334455667788");
    EXPECT_EQ(row.encode().size(), GuessRow::size);
}

TEST(RegistrationRow, has_the_layout_of_its_drawing) {
    RegistrationRow const row{
        .in_hour = 2, .in_day = 3, .in_all = 4, .hour_began = 5, .day_began = 6, .touched_at = 7};
    EXPECT_EQ(base::to_hex(row.encode()), "01020304000000050000000600000007");
    EXPECT_EQ(row.encode().size(), RegistrationRow::size);
}

TEST(GuessRow, of_another_size_format_or_count_is_refused) {
    auto const good = GuessRow{.failures = 100}.encode();
    EXPECT_TRUE(GuessRow::decode(good).has_value());
    for (std::size_t size = 0; size < good.size(); ++size)
        EXPECT_FALSE(GuessRow::decode(base::ByteView(good).first(size)).has_value());
    for (std::size_t const index : {0uz, 1uz, 2uz, 3uz}) {
        auto bytes = good;
        ++bytes[index];
        EXPECT_FALSE(GuessRow::decode(bytes).has_value()) << index;
    }
}

RC_GTEST_PROP(GuessRow, encoded_and_decoded_is_itself, ()) {
    GuessRow const row{.failures = *rc::gen::inRange<std::uint16_t>(0, 101),
                       .allowed_at = *rc::gen::arbitrary<std::uint32_t>(),
                       .touched_at = *rc::gen::arbitrary<std::uint32_t>()};
    RC_ASSERT(GuessRow::decode(row.encode()) == row);
}

RC_GTEST_PROP(RegistrationRow, encoded_and_decoded_is_itself, ()) {
    RegistrationRow const row{.in_hour = *rc::gen::arbitrary<std::uint8_t>(),
                              .in_day = *rc::gen::arbitrary<std::uint8_t>(),
                              .in_all = *rc::gen::arbitrary<std::uint8_t>(),
                              .hour_began = *rc::gen::arbitrary<std::uint32_t>(),
                              .day_began = *rc::gen::arbitrary<std::uint32_t>(),
                              .touched_at = *rc::gen::arbitrary<std::uint32_t>()};
    RC_ASSERT(RegistrationRow::decode(row.encode()) == row);
}

TEST(Ladder, doubles_and_stops_at_its_longest_delay) {
    Ladder const ladder;
    EXPECT_EQ(ladder.delay_after(0), 0s);
    EXPECT_EQ(ladder.delay_after(4), 0s);
    EXPECT_EQ(ladder.delay_after(5), 30s);
    EXPECT_EQ(ladder.delay_after(6), 60s);
    EXPECT_EQ(ladder.delay_after(11), 1'920s);
    EXPECT_EQ(ladder.delay_after(12), 3'600s);
    EXPECT_EQ(ladder.delay_after(65'535), 3'600s);
    EXPECT_EQ((Ladder{.factor = 4}.delay_after(7)), 480s);
}

TEST(GuessRow, counted_a_thousand_times_stays_at_a_hundred) {
    GuessRow row;
    for (int count = 0; count < 1'000; ++count)
        row = row.counted({}, noon);
    EXPECT_EQ(row.failures, failures_max);
    EXPECT_TRUE(row.is_closed());
}

TEST(GuessRow, delays_in_full_from_within_a_second) {
    auto const row = GuessRow{.failures = 4}.counted({}, noon + 1ms);
    EXPECT_GE(row.wait(noon + 1ms), 30s);
    EXPECT_GT(row.wait(noon + 30s), 0s);
    EXPECT_EQ(row.wait(noon + 31s), 0s);
}

TEST(Counter, of_a_free_name_is_dropped_after_thirty_days_and_failures_only_without_account) {
    auto const guess = GuessRow{}.counted({}, noon).encode();
    auto const registration = RegistrationRow{}.counted(noon).encode();
    auto const fate = [&](base::ByteBuffer const& key, base::ByteBuffer const& row, Seconds age) {
        return fate_of_counter(key, row, noon + age);
    };
    auto const old = counter_lifetime;
    EXPECT_EQ(fate(guess_key(any_label()), guess, old - 1s), CounterFate::keep);
    EXPECT_EQ(fate(guess_key(any_label()), guess, old), CounterFate::drop_without_account);
    EXPECT_EQ(fate(prefix_guess_key(any_label(), {}), guess, old), CounterFate::drop);
    EXPECT_EQ(fate(registration_key(any_label()), registration, old - 1s), CounterFate::keep);
    EXPECT_EQ(fate(registration_key(any_label()), registration, old), CounterFate::drop);
    EXPECT_EQ(fate(registration_key(any_label()), {1, 2}, old), CounterFate::keep);
}

TEST(Counter, key_tells_its_label) {
    EXPECT_EQ(label_of_counter(guess_key(any_label())), any_label());
    EXPECT_EQ(label_of_counter(prefix_guess_key(any_label(), base::as_bytes("abc"))), any_label());
    EXPECT_EQ(label_of_counter(base::as_bytes("g")), std::nullopt);
}

} // namespace
} // namespace bulla::service
