#include "service/counter_rows.hpp"

#include "base/big_endian.hpp"

#include <limits>

namespace bulla::service {
namespace {

constexpr std::uint8_t row_format = 1;
constexpr Seconds hour{3'600};
constexpr Seconds day{86'400};

std::uint32_t to_u32(std::int64_t seconds) {
    constexpr std::int64_t last = std::numeric_limits<std::uint32_t>::max();
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(seconds, 0, last));
}
std::uint32_t seconds_before(base::Timestamp time) {
    return to_u32(std::chrono::floor<Seconds>(time).time_since_epoch().count());
}
std::uint32_t seconds_after(base::Timestamp time) {
    return to_u32(std::chrono::ceil<Seconds>(time).time_since_epoch().count());
}
base::Timestamp time_of(std::uint32_t seconds) {
    return base::Timestamp{Seconds{seconds}};
}

// How far the clock went back since `touched_at`, in whole seconds rounded down: the rest lengthens the wait.
std::uint32_t set_back(std::uint32_t touched_at, base::Timestamp now) {
    auto const present = seconds_after(now);
    return present < touched_at ? touched_at - present : 0;
}
std::uint32_t earlier(std::uint32_t time, std::uint32_t by) {
    return time > by ? time - by : 0;
}
std::uint8_t one_more(std::uint8_t count) {
    return count == 255 ? count : static_cast<std::uint8_t>(count + 1);
}

Seconds remaining(base::Timestamp until, base::Timestamp now) {
    return until <= now ? Seconds{0} : std::chrono::ceil<Seconds>(until - now);
}

// A window's part in the wait: nothing while its count is below the limit.
Seconds window_wait(std::uint8_t count, std::uint8_t limit, base::Timestamp ends, base::Timestamp now) {
    return count < limit ? Seconds{0} : remaining(ends, now);
}

base::ByteBuffer key_of(char kind, ledger::Label const& label) {
    base::ByteBuffer key{static_cast<std::uint8_t>(kind)};
    base::append(key, label);
    return key;
}

} // namespace

Seconds Ladder::delay_after(std::uint16_t failures) const {
    if (failures < first)
        return Seconds{0};
    auto delay = base;
    for (auto step = first; step < failures && delay < delay_max; ++step)
        delay *= factor;
    return std::min(delay, delay_max);
}

Seconds GuessRow::wait(base::Timestamp now) const {
    return remaining(time_of(rebased(now).allowed_at), now);
}

GuessRow GuessRow::counted(Ladder const& ladder, base::Timestamp now) const {
    auto const counted = static_cast<std::uint16_t>(std::min<int>(failures + 1, failures_max));
    auto const delay = ladder.delay_after(counted);
    return {.failures = counted,
            .allowed_at = to_u32(seconds_after(now) + delay.count()) * (delay > Seconds{0}),
            .touched_at = seconds_before(now)};
}

GuessRow GuessRow::rebased(base::Timestamp now) const {
    auto const back = set_back(touched_at, now);
    return {.failures = failures,
            .allowed_at = earlier(allowed_at, back),
            .touched_at = earlier(touched_at, back)};
}

base::ByteBuffer GuessRow::encode() const {
    std::array<std::uint8_t, 2> const head = {row_format, 0};
    return base::concat(head, base::u16be(failures), base::u32be(allowed_at), base::u32be(touched_at));
}

std::optional<GuessRow> GuessRow::decode(base::ByteView bytes) {
    if (bytes.size() != size || bytes[0] != row_format || bytes[1] != 0)
        return std::nullopt;
    GuessRow const row{.failures = base::load_big_endian<std::uint16_t>(bytes.subspan(2)),
                       .allowed_at = base::load_big_endian<std::uint32_t>(bytes.subspan(4)),
                       .touched_at = base::load_big_endian<std::uint32_t>(bytes.subspan(8))};
    return row.failures <= failures_max ? std::optional(row) : std::nullopt;
}

Seconds RegistrationRow::wait(RegistrationLimits const& limits, base::Timestamp now) const {
    auto const row = rebased(now);
    return std::max(window_wait(row.in_hour, limits.hourly, time_of(row.hour_began) + hour, now),
                    window_wait(row.in_day, limits.daily, time_of(row.day_began) + day, now));
}

RegistrationRow RegistrationRow::counted(base::Timestamp now) const {
    auto row = rebased(now);
    if (time_of(row.hour_began) + hour <= now) {
        row.in_hour = 0;
        row.hour_began = seconds_after(now);
    }
    if (time_of(row.day_began) + day <= now) {
        row.in_day = 0;
        row.day_began = seconds_after(now);
    }
    row.in_hour = one_more(row.in_hour);
    row.in_day = one_more(row.in_day);
    row.in_all = one_more(row.in_all);
    row.touched_at = seconds_before(now);
    return row;
}

RegistrationRow RegistrationRow::rebased(base::Timestamp now) const {
    auto const back = set_back(touched_at, now);
    auto row = *this;
    row.hour_began = earlier(hour_began, back);
    row.day_began = earlier(day_began, back);
    row.touched_at = earlier(touched_at, back);
    return row;
}

base::ByteBuffer RegistrationRow::encode() const {
    std::array<std::uint8_t, 4> const head = {row_format, in_hour, in_day, in_all};
    return base::concat(head, base::u32be(hour_began), base::u32be(day_began), base::u32be(touched_at));
}

std::optional<RegistrationRow> RegistrationRow::decode(base::ByteView bytes) {
    if (bytes.size() != size || bytes[0] != row_format)
        return std::nullopt;
    return RegistrationRow{.in_hour = bytes[1],
                           .in_day = bytes[2],
                           .in_all = bytes[3],
                           .hour_began = base::load_big_endian<std::uint32_t>(bytes.subspan(4)),
                           .day_began = base::load_big_endian<std::uint32_t>(bytes.subspan(8)),
                           .touched_at = base::load_big_endian<std::uint32_t>(bytes.subspan(12))};
}

base::ByteBuffer guess_key(ledger::Label const& label) {
    return key_of('g', label);
}

base::ByteBuffer prefix_guess_key(ledger::Label const& label, base::ByteView prefix) {
    auto key = key_of('p', label);
    base::append(key, prefix);
    return key;
}

base::ByteBuffer registration_key(ledger::Label const& label) {
    return key_of('r', label);
}

base::ByteBuffer passkey_key(ledger::Label const& label, ledger::CredentialId const& credential) {
    return base::concat(key_of('s', label), credential);
}

CounterFate fate_of_counter(base::ByteView key, base::ByteView row, base::Timestamp now) {
    if (!key.empty() && key[0] == 's')
        return CounterFate::drop_without_account;
    auto const guess = GuessRow::decode(row);
    auto const registration = RegistrationRow::decode(row);
    if (key.empty() || (!guess && !registration))
        return CounterFate::keep;
    auto const touched_at = time_of(guess ? guess->touched_at : registration->touched_at);
    if (now < touched_at + counter_lifetime)
        return CounterFate::keep;
    return key[0] == 'g' ? CounterFate::drop_without_account : CounterFate::drop;
}

std::optional<ledger::Label> label_of_counter(base::ByteView key) {
    if (key.size() < 1 + ledger::Label::size)
        return std::nullopt;
    return ledger::Label::from(key.subspan(1, ledger::Label::size));
}

} // namespace bulla::service
