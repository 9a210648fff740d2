#include "service/prefix_rows.hpp"

namespace bulla::service {
namespace {

// How far the clock went back since it was last seen.
std::chrono::milliseconds set_back(base::Timestamp& touched_at, base::Timestamp now) {
    auto const back = std::max(touched_at - now, std::chrono::milliseconds{0});
    touched_at = now;
    return back;
}

Seconds whole_seconds(std::chrono::milliseconds time) {
    return std::chrono::ceil<Seconds>(std::max(time, std::chrono::milliseconds{0}));
}

} // namespace

Seconds EvaluationBucket::wait(BucketRules const& rules, base::Timestamp now) {
    full_at_ = std::max(full_at_ - set_back(touched_at_, now), now);
    return whole_seconds(full_at_ + rules.spacing - now - rules.burst * rules.spacing);
}

void EvaluationBucket::take(BucketRules const& rules) {
    full_at_ += rules.spacing;
}

Seconds HourOfEvaluations::wait(std::size_t hourly, base::Timestamp now) {
    auto const back = set_back(touched_at_, now);
    for (auto& time : times_)
        time -= back;
    std::erase_if(times_, [&](base::Timestamp time) { return time + std::chrono::hours{1} <= now; });
    if (times_.size() < hourly)
        return Seconds{0};
    return whole_seconds(times_[times_.size() - hourly] + std::chrono::hours{1} - now);
}

} // namespace bulla::service
