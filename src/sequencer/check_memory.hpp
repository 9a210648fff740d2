// Remembers signature checks that held, so that the head of the ledger does not pay for what a request's own
// thread has checked: the single check by its id, never the entry, good results only, bounded
// (docs/formats/evidence.md).
#pragma once

#include "base/mutex.hpp"
#include "credential/evidence.hpp"

#include <unordered_set>

namespace bulla::sequencer {

class CheckMemory {
public:
    // Runs the check unless it is remembered; remembers it when it holds.
    bool check(credential::EvidenceCheck const& evidence_check);
    void remember(crypto::Sha256Digest const& id); // of a check that held
    std::size_t size() const;

private:
    using Ids = std::unordered_set<crypto::Sha256Digest, base::PrefixHash>;
    mutable base::Mutex mutex_;
    Ids young_ GUARDED_BY(mutex_); // two generations: the old one goes when the young one is full
    Ids old_ GUARDED_BY(mutex_);
};

} // namespace bulla::sequencer
