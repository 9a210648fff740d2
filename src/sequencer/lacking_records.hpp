// The accounts whose record, opening and proof this node has not got, though the ledger has the account: on a
// node of a network that was away when they were brought. Any thread.
#pragma once

#include "base/mutex.hpp"
#include "ledger/types.hpp"

#include <set>

namespace bulla::sequencer {

class LackingRecords {
public:
    void add(ledger::Label const& label) {
        base::Lock const lock(mutex_);
        labels_.insert(label);
    }
    void remove(ledger::Label const& label) {
        base::Lock const lock(mutex_);
        labels_.erase(label);
    }
    std::set<ledger::Label> list() const {
        base::Lock const lock(mutex_);
        return labels_;
    }
    bool is_empty() const {
        base::Lock const lock(mutex_);
        return labels_.empty();
    }

private:
    mutable base::Mutex mutex_;
    std::set<ledger::Label> labels_ GUARDED_BY(mutex_);
};

} // namespace bulla::sequencer
