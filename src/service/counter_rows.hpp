// The rows that the guess limits keep, and the pure arithmetic on them. Times come in as parameters.
//
//   guess row         key 'g' ‖ label[32]             12 bytes   failures of a name, from everywhere
//                     key 'p' ‖ label[32] ‖ prefix               failures of a name, from one client prefix
//     format u8 = 1 ‖ zero u8 ‖ failures u16be ‖ allowed_at u32be ‖ touched_at u32be
//   registration row  key 'r' ‖ label[32]             16 bytes   evaluations for a name that registers
//     format u8 = 1 ‖ in_hour u8 ‖ in_day u8 ‖ in_all u8
//                   ‖ hour_began u32be ‖ day_began u32be ‖ touched_at u32be
//   passkey row       key 's' ‖ label[32] ‖ credential id[16]      6 bytes    see sign_counters.hpp
//
// Times are whole seconds since 1970, good until 2106. touched_at is the clock when the row was written; when
// the clock has since gone back, what then remained of a delay or window begins anew, so that setting a clock
// back never shortens a wait. A row that does not decode closes the name: it is no free guess.
#pragma once

#include "base/time.hpp"
#include "ledger/types.hpp"

namespace bulla::service {

using Seconds = std::chrono::seconds;

// No delay before the failure number `first`; then `base`, doubling with each further one, at most
// `delay_max`.
struct Ladder {
    std::uint16_t first = 5;
    Seconds base{30};
    std::uint16_t factor = 2;
    Seconds delay_max{3'600};

    Seconds delay_after(std::uint16_t failures) const;
};

inline constexpr std::uint16_t failures_max =
    100; // then the password route of the name is closed (NIST SP 800-63B)

struct GuessRow {
    static constexpr std::size_t size = 12;

    std::uint16_t failures = 0;
    std::uint32_t allowed_at = 0;
    std::uint32_t touched_at = 0;

    bool is_closed() const { return failures >= failures_max; }
    // Zero: a guess is allowed now.
    Seconds wait(base::Timestamp now) const;
    // The row after one more guess: counted as a failure before it is known to be one.
    GuessRow counted(Ladder const& ladder, base::Timestamp now) const;
    // The same row as of a clock that may have gone back.
    GuessRow rebased(base::Timestamp now) const;

    base::ByteBuffer encode() const;
    static std::optional<GuessRow> decode(base::ByteView bytes);
    friend bool operator==(GuessRow const&, GuessRow const&) = default;
};

struct RegistrationLimits {
    std::uint8_t hourly = 5;
    std::uint8_t daily = 20;
    std::uint8_t in_all = 100; // then registration of the name asks for an operator
};

struct RegistrationRow {
    static constexpr std::size_t size = 16;

    std::uint8_t in_hour = 0;
    std::uint8_t in_day = 0;
    std::uint8_t in_all = 0;
    std::uint32_t hour_began = 0; // a window begins with its first evaluation
    std::uint32_t day_began = 0;
    std::uint32_t touched_at = 0;

    bool is_closed(RegistrationLimits const& limits) const { return in_all >= limits.in_all; }
    Seconds wait(RegistrationLimits const& limits, base::Timestamp now) const;
    RegistrationRow counted(base::Timestamp now) const;
    RegistrationRow rebased(base::Timestamp now) const;

    base::ByteBuffer encode() const;
    static std::optional<RegistrationRow> decode(base::ByteView bytes);
    friend bool operator==(RegistrationRow const&, RegistrationRow const&) = default;
};

base::ByteBuffer guess_key(ledger::Label const& label);
base::ByteBuffer prefix_guess_key(ledger::Label const& label, base::ByteView prefix);
base::ByteBuffer registration_key(ledger::Label const& label);
base::ByteBuffer passkey_key(ledger::Label const& label, ledger::CredentialId const& credential);

// What a sweep over the stored counters may do with one. A row lives 30 days after it was touched; the
// failures of a name that has an account live until a verified login, or 100 guesses would be had each month.
// The row of a passkey lives as long as the account.
enum class CounterFate : std::uint8_t { keep, drop, drop_without_account };
inline constexpr Seconds counter_lifetime{30 * 86'400};
CounterFate fate_of_counter(base::ByteView key, base::ByteView row, base::Timestamp now);
std::optional<ledger::Label> label_of_counter(base::ByteView key);

} // namespace bulla::service
