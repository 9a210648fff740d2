// How often a way back to an account may be asked for, by a code or from operators: attempts in any hour, by
// prefix, whoever the names are. A name alone has no limit: a stranger would use it up. Thread-safe, bounded.
#pragma once

#include "service/fault.hpp"
#include "service/ground.hpp"
#include "service/prefix_table.hpp"

namespace bulla::service {

struct RecoveryLimits {
    std::size_t hourly_of_prefix = 20;
    std::size_t hourly_of_prefix_and_name = 5;
    std::size_t rows_max = 100'000;
};

class RecoveryAttempts {
public:
    explicit RecoveryAttempts(RecoveryLimits limits = {}) : limits_(limits), attempts_(limits.rows_max) {}

    // What is refused is not counted.
    Served<void> count(AddressPrefix const& prefix, std::optional<ledger::Label> const& label,
                       base::Timestamp now);

private:
    RecoveryLimits const limits_;
    base::Mutex mutex_;
    PrefixTable<HourOfEvaluations> attempts_ GUARDED_BY(mutex_); // of prefixes, and of prefix and name
};

} // namespace bulla::service
