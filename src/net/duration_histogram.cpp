#include "net/duration_histogram.hpp"

#include <algorithm>

namespace bulla::net {

void DurationHistogram::record(std::chrono::nanoseconds duration) {
    duration = std::max(duration, std::chrono::nanoseconds{0});
    auto const bucket =
        std::ranges::find_if(bounds, [&](auto bound) { return duration <= bound; }) - bounds.begin();
    counts_[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
    nanoseconds_.fetch_add(static_cast<std::uint64_t>(duration.count()), std::memory_order_relaxed);
}

DurationHistogram::Reading DurationHistogram::read() const {
    Reading reading;
    for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket)
        reading.counts[bucket] = counts_[bucket].load(std::memory_order_relaxed);
    reading.sum =
        std::chrono::nanoseconds{static_cast<std::int64_t>(nanoseconds_.load(std::memory_order_relaxed))};
    return reading;
}

} // namespace bulla::net
