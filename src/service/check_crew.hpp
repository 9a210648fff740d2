// Signature checks of an audit, run on all cores. Bounded: who hands out more than the crew can do waits.
//
// One thread hands checks out, in ascending order of entries; the crew remembers the first wrong one.
#pragma once

#include "base/mutex.hpp"
#include "ledger/audit.hpp"
#include "net/thread.hpp"

#include <deque>

namespace bulla::service {

class CheckCrew {
public:
    explicit CheckCrew(std::size_t threads); // at least one
    ~CheckCrew(); // drops what is still waiting, and joins
    CheckCrew(CheckCrew const&) = delete;
    CheckCrew& operator=(CheckCrew const&) = delete;

    void hand_out(std::vector<ledger::AuditCheck> checks);

    bool has_found_a_fault() const;
    // Waits for everything that was handed out: the wrong check of the least index, if any.
    std::optional<ledger::AuditFault> finish();

private:
    using Portion = std::vector<ledger::AuditCheck>;

    void work(std::stop_token const& stop);
    void hand_out_portion(Portion portion);
    void report(ledger::AuditFault const& fault);
    void report_done();

    mutable base::Mutex mutex_;
    base::Condition changed_;
    std::deque<Portion> queue_ GUARDED_BY(mutex_);
    std::size_t in_progress_ GUARDED_BY(mutex_) = 0;
    std::optional<ledger::AuditFault> first_ GUARDED_BY(mutex_);
    std::vector<net::Thread> threads_; // last: joined first
};

} // namespace bulla::service
