#include "service/counter_sweep.hpp"

namespace bulla::service {

CounterSweep::CounterSweep(store::LiveDatabase& live, store::LedgerDatabase& ledger, GuessLimits& limits)
    : live_(live), ledger_(ledger), limits_(limits) {}

store::Stored<bool> CounterSweep::is_account(ledger::Label const& label) {
    auto const account = TRY(ledger_.load_account(label));
    return account && !account->head.is_erased();
}

// Those to be dropped among the next counters. The walk ends before anything is written.
store::Stored<std::vector<CounterSweep::Found>> CounterSweep::look_on(base::Timestamp now) {
    std::vector<Found> found;
    std::size_t seen = 0;
    auto const first = *std::exchange(next_, std::nullopt);
    TRY(live_.each_counter(first, [&](base::ByteView key, base::ByteView row) {
        if (seen++ == counters_swept_at_once) {
            next_ = base::to_buffer(key);
            return false;
        }
        if (auto const fate = fate_of_counter(key, row, now); fate != CounterFate::keep)
            found.push_back({.key = base::to_buffer(key), .fate = fate});
        return true;
    }));
    return found;
}

store::Stored<std::size_t> CounterSweep::tick(base::Timestamp now) {
    if (!next_ && began_ && now >= *began_ && now < *began_ + sweep_interval)
        return 0;
    if (!next_) {
        began_ = now;
        next_.emplace();
    }
    std::size_t dropped = 0;
    for (auto const& [key, fate] : TRY(look_on(now))) {
        auto const label = label_of_counter(key);
        if (!label || (fate == CounterFate::drop_without_account && TRY(is_account(*label))))
            continue;
        dropped += limits_.drop_old(*label, key, now) == Dropped::yes;
    }
    return dropped;
}

} // namespace bulla::service
