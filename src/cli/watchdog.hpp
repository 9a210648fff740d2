// Watches the threads that answer people and write the ledger, and tells the supervisor that they live.
//
// Every round each watched thread is asked to answer. When all have answered the round before, the supervisor
// hears WATCHDOG=1; when one has not, it hears which one, as the status, and no WATCHDOG=1: past WatchdogSec
// of the unit it ends the process and starts another. A round is a third of that time, so a thread is given
// two rounds at least; without a supervisor a round is ten seconds, and the log alone says so.
#pragma once

#include "base/mutex.hpp"
#include "net/supervisor.hpp"
#include "net/thread.hpp"

#include <spdlog/logger.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace bulla::cli {

// Names the threads that have not answered since the call before, and asks all of them anew.
using Question = std::function<std::vector<std::string>()>;

class Watchdog {
public:
    struct Parts {
        net::Supervisor supervisor;
        std::chrono::microseconds deadline{0}; // WATCHDOG_USEC; 0: nobody waits
        std::vector<Question> questions; // what they ask outlives the watchdog
        std::shared_ptr<spdlog::logger> log;
    };
    explicit Watchdog(Parts parts);

    std::size_t silent_count() const { return silent_count_; } // in the round before; for metrics

private:
    void run(std::stop_token const& stop);
    void go_round();

    Parts const parts_;
    std::atomic<std::size_t> silent_count_ = 0;
    std::string told_; // the silent threads, as the log was told last
    base::Mutex mutex_;
    base::Condition wake_;
    net::Thread thread_; // last
};

} // namespace bulla::cli
