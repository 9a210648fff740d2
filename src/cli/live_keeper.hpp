// Keeps the live database in order: a group sync each second, ended sessions dropped each hour,
// counters that have outlived their use each day.
//
// A sync that fails ends the process: what was answered since would be worth nothing.
#pragma once

#include "base/mutex.hpp"
#include "net/duration_histogram.hpp"
#include "net/thread.hpp"
#include "service/counter_sweep.hpp"

namespace bulla::cli {

class LiveKeeper {
public:
    // Database and clock outlive the keeper, and so does all that the sweep refers to.
    LiveKeeper(store::LiveDatabase& live, service::CounterSweep sweep, base::Clock const& clock);
    ~LiveKeeper(); // a last sync

    net::DurationHistogram const& syncs() const { return syncs_; } // how long they took

private:
    void run(std::stop_token const& stop);
    void sync();
    void drop_ended_sessions();
    void sweep_counters();

    store::LiveDatabase& live_;
    service::CounterSweep sweep_;
    base::Clock const& clock_;
    net::DurationHistogram syncs_;
    base::Mutex mutex_;
    base::Condition wake_;
    net::Thread thread_; // last
};

} // namespace bulla::cli
