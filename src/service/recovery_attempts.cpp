#include "service/recovery_attempts.hpp"

namespace bulla::service {

Served<void> RecoveryAttempts::count(AddressPrefix const& prefix, std::optional<ledger::Label> const& label,
                                     base::Timestamp now) {
    base::Lock const lock(mutex_);
    auto wait = attempts_.touch(prefix, {}).wait(limits_.hourly_of_prefix, now);
    if (label)
        wait = std::max(
            wait,
            attempts_.touch(base::concat(prefix, *label), {}).wait(limits_.hourly_of_prefix_and_name, now));
    if (wait > Seconds{0})
        return std::unexpected{ServiceFault{.kind = ServiceFaultKind::wait, .retry_after = wait}};
    attempts_.touch(prefix, {}).take(now);
    if (label)
        attempts_.touch(base::concat(prefix, *label), {}).take(now);
    return {};
}

} // namespace bulla::service
