#include "sequencer/check_memory.hpp"

#include "sequencer/limits.hpp"

namespace bulla::sequencer {

bool CheckMemory::check(credential::EvidenceCheck const& evidence_check) {
    auto const id = evidence_check.id();
    {
        base::Lock const lock(mutex_);
        if (young_.contains(id) || old_.contains(id))
            return true;
    }
    if (!credential::check(evidence_check))
        return false;
    remember(id);
    return true;
}

void CheckMemory::remember(crypto::Sha256Digest const& id) {
    base::Lock const lock(mutex_);
    if (young_.size() >= checks_remembered_max / 2) {
        old_.swap(young_);
        young_.clear();
    }
    young_.insert(id);
}

std::size_t CheckMemory::size() const {
    base::Lock const lock(mutex_);
    return young_.size() + old_.size();
}

} // namespace bulla::sequencer
