// Drops the limits' counters that have outlived their use (fate_of_counter), once a day and a few at a time.
//
// A counter is looked at again under the lock that counts on it, so a guess counted meanwhile is never lost.
// Used by one thread.
#pragma once

#include "service/limits.hpp"
#include "store/ledger_database.hpp"
#include "store/live_database.hpp"

namespace bulla::service {

inline constexpr std::size_t counters_swept_at_once = 1'000;
inline constexpr std::chrono::hours sweep_interval{24};

class CounterSweep {
public:
    // All outlive the sweep.
    CounterSweep(store::LiveDatabase& live, store::LedgerDatabase& ledger, GuessLimits& limits);

    // To be called often. Begins a sweep when none has begun for a day, the first time at once, and looks at
    // the next counters_swept_at_once of the one under way; how many were dropped.
    store::Stored<std::size_t> tick(base::Timestamp now);

private:
    struct Found {
        base::ByteBuffer key;
        CounterFate fate;
    };
    store::Stored<std::vector<Found>> look_on(base::Timestamp now);
    store::Stored<bool> is_account(ledger::Label const& label);

    store::LiveDatabase& live_;
    store::LedgerDatabase& ledger_;
    GuessLimits& limits_;
    std::optional<base::Timestamp> began_;
    std::optional<base::ByteBuffer> next_; // the first key not looked at; none: no sweep is under way
};

} // namespace bulla::service
