// What happens to accounts and sessions, counted: for metrics, and for who wants to be told of the one that
// is rare and grave.
//
// Counts alone: no event says whom it is about.
#pragma once

#include "service/sign_in_hours.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <utility>

namespace bulla::service {

enum class Event : std::uint8_t {
    guess,                // an OPRF evaluation for a login
    login_good,
    login_refused,
    login_limited,        // refused before any evaluation: wait
    login_closed,         // likewise: the name is closed
    name_closed,          // a name's hundredth failure in a row
    registration_good,
    registration_limited,
    password_changed,
    account_changed,      // another entry of an account: devices, end of sessions, erasure
    session_ended,        // a log-out
    key_login_good,       // by a passkey, an SSH key or a device key
    key_login_refused,
    key_login_limited,
    sign_count_refused,   // a passkey's counter did not grow: perhaps a copy of it
};
inline constexpr std::size_t event_count = std::to_underlying(Event::sign_count_refused) + 1;

class Events {
public:
    // Called at each name_closed, on the thread where it happens; set before anything happens.
    void when_name_closes(std::function<void()> listener) { name_closes_ = std::move(listener); }

    void record(Event event) {
        counts_[std::to_underlying(event)].fetch_add(1, std::memory_order_relaxed);
        if (event == Event::name_closed && name_closes_)
            name_closes_();
    }
    std::uint64_t count(Event event) const {
        return counts_[std::to_underlying(event)].load(std::memory_order_relaxed);
    }

    // A login was completed, by a password (login_good) or by a key (key_login_good).
    void record_sign_in(Event event, base::Timestamp now) {
        record(event);
        sign_ins_.add(now);
    }
    SignInHours& sign_ins() { return sign_ins_; }

private:
    SignInHours sign_ins_;
    std::array<std::atomic<std::uint64_t>, event_count> counts_{};
    std::function<void()> name_closes_;
};

} // namespace bulla::service
