// What the limits remember of one client prefix, in memory alone. Pure: times come in as parameters, and a
// clock set back never shortens a wait.
#pragma once

#include "base/time.hpp"

#include <vector>

namespace bulla::service {

using Seconds = std::chrono::seconds;

struct BucketRules {
    std::chrono::milliseconds spacing{3'000}; // one evaluation each, 20 a minute
    std::uint32_t burst = 40;                 // at once
};

// A token bucket: full at `full_at`, empty `burst` spacings before that.
class EvaluationBucket {
public:
    // Zero: take() may be called.
    Seconds wait(BucketRules const& rules, base::Timestamp now);
    void take(BucketRules const& rules);

private:
    base::Timestamp full_at_{};
    base::Timestamp touched_at_{};
};

// At most so many evaluations in any hour.
class HourOfEvaluations {
public:
    Seconds wait(std::size_t hourly, base::Timestamp now);
    void take(base::Timestamp now) { times_.push_back(now); }

private:
    std::vector<base::Timestamp> times_; // oldest first
    base::Timestamp touched_at_{};
};

} // namespace bulla::service
