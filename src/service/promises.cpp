#include "service/promises.hpp"

namespace bulla::service {

Promises::Outcome Promises::make(ledger::Label const& label, Promise const& promise,
                                 ledger::AccountVersion present, base::Timestamp now) {
    base::Lock const lock(mutex_);
    auto const found = promises_.find(label);
    if (found != promises_.end()) {
        auto const& held = found->second;
        bool const counts = now <= held.ends && present < held.version;
        if (counts && held.digest != promise.digest)
            return Outcome::to_another;
        found->second = promise;
        return Outcome::promised;
    }
    if (promises_.size() >= rows_max)
        drop_ended(now);
    if (promises_.size() >= rows_max)
        return Outcome::full;
    promises_.emplace(label, promise);
    return Outcome::promised;
}

bool Promises::withdraw(ledger::Label const& label, ledger::StatementDigest const& digest,
                        ledger::NodeId const& asker) {
    base::Lock const lock(mutex_);
    auto const found = promises_.find(label);
    if (found == promises_.end() || found->second.digest != digest || found->second.asker != asker)
        return false;
    promises_.erase(found);
    return true;
}

void Promises::drop_ended(base::Timestamp now) {
    std::erase_if(promises_, [&](auto const& each) { return each.second.ends < now; });
}

} // namespace bulla::service
