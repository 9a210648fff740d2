// Keeps the live database in order: a group sync each second, ended sessions dropped each hour.
//
// A sync that fails ends the process: what was answered since would be worth nothing.
#pragma once

#include "base/mutex.hpp"
#include "net/thread.hpp"
#include "store/live_database.hpp"

namespace bulla::cli {

class LiveKeeper {
public:
    // Both outlive the keeper.
    LiveKeeper(store::LiveDatabase& live, base::Clock const& clock);
    ~LiveKeeper(); // a last sync

private:
    void run(std::stop_token const& stop);
    void sync();

    store::LiveDatabase& live_;
    base::Clock const& clock_;
    base::Mutex mutex_;
    base::Condition wake_;
    net::Thread thread_; // last
};

} // namespace bulla::cli
