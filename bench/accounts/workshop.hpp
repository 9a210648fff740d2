// Threads that make registrations ahead of the one that executes them. Bounded: who is ahead waits.
#pragma once

#include "base/mutex.hpp"
#include "net/thread.hpp"
#include "registrations.hpp"

#include <map>

namespace bulla::bench {

class Workshop {
public:
    struct Order {
        std::uint64_t first = 0; // number of an account
        std::uint64_t end = 0;
        std::uint64_t batch = 4'096;
        std::size_t threads = 1;
    };
    using Batch = std::vector<sequencer::Submission>;

    // Maker, clock and memory outlive the workshop.
    Workshop(Order const& order, RegistrationMaker const& maker, base::Clock const& clock,
             sequencer::CheckMemory& checks);

    // The next batch, in the order of the accounts' numbers; nothing after the last.
    std::optional<Batch> next();

private:
    void work(std::stop_token const& stop);
    std::optional<std::pair<std::uint64_t, std::uint64_t>> take_numbers();

    Order const order_;
    RegistrationMaker const& maker_;
    base::Clock const& clock_;
    sequencer::CheckMemory& checks_;
    base::Mutex mutex_;
    base::Condition changed_;
    std::uint64_t next_number_ GUARDED_BY(mutex_);
    std::uint64_t delivered_ GUARDED_BY(mutex_);
    std::map<std::uint64_t, Batch> finished_ GUARDED_BY(mutex_); // by the number of their first account
    std::vector<net::Thread> threads_; // last: joined first
};

} // namespace bulla::bench
