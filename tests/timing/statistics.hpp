// Whether two kinds of work take the same time: Welch's t-test on trimmed samples.
//
// Both kinds are measured in one run, in random order, so that what else the machine does falls on both
// alike. Times above the greatest that `kept` of all samples reach are dropped from both sides: interrupts
// say nothing about the code. |t| beyond 4.5 is called a difference, as usual in this field: by chance alone
// that happens once in 100,000 runs.
//
// Power: a difference of (4.5 + 2.33) standard errors is found in 99 runs of 100 (2.33: the 99th percentile
// of the normal distribution). It is printed, and each run plants it on top of one kind and must find it.
#pragma once

#include "base/check.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <span>
#include <vector>

namespace bulla::timing {

inline constexpr double t_max = 4.5;
inline constexpr double percentile_99 = 2.33;
inline constexpr double kept = 0.8;

using Samples = std::vector<double>; // nanoseconds

struct Moments {
    double mean = 0;
    double variance_of_mean = 0;
};

inline Moments moments_below(Samples const& samples, double limit) {
    double count = 0;
    double sum = 0;
    double squares = 0;
    for (double const sample : samples)
        if (sample <= limit) {
            ++count;
            sum += sample;
            squares += sample * sample;
        }
    CHECK(count > 2);
    auto const mean = sum / count;
    return {.mean = mean, .variance_of_mean = (squares / count - mean * mean) / (count - 1)};
}

struct Comparison {
    double mean = 0;       // of the second kind
    double difference = 0; // first − second
    double error = 0;      // standard error of the difference
    double t() const { return difference / error; }
    double detectable() const { return (t_max + percentile_99) * error; }
    bool is_different() const { return std::abs(t()) > t_max; }
};

inline Comparison compare(Samples const& first, Samples const& second) {
    auto all = first;
    all.insert(all.end(), second.begin(), second.end());
    auto const place = static_cast<std::ptrdiff_t>(kept * static_cast<double>(all.size() - 1));
    std::ranges::nth_element(all, all.begin() + place);
    auto const limit = all[static_cast<std::size_t>(place)];
    auto const left = moments_below(first, limit);
    auto const right = moments_below(second, limit);
    return {.mean = right.mean,
            .difference = left.mean - right.mean,
            .error = std::sqrt(left.variance_of_mean + right.variance_of_mean)};
}

inline double median(Samples samples) {
    CHECK(!samples.empty());
    auto const middle = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2);
    std::ranges::nth_element(samples, middle);
    return *middle;
}

// Takes from each the median of the block it was measured in: how busy the machine is changes more slowly.
inline void level(Samples& in_order) {
    constexpr std::size_t block = 32;
    for (std::size_t begin = 0; begin < in_order.size(); begin += block) {
        auto const part = std::span(in_order).subspan(begin, std::min(block, in_order.size() - begin));
        auto const middle = median({part.begin(), part.end()});
        for (auto& sample : part)
            sample -= middle;
    }
}

inline double nanoseconds_now() {
    return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

// Works for so long that a clock sees it.
inline void spin(double nanoseconds) {
    auto const end = nanoseconds_now() + nanoseconds;
    while (nanoseconds_now() < end) {
    }
}

// Prints what was found; whether the two kinds are alike.
bool report(char const* name, Comparison const& found, double bound, double time);

} // namespace bulla::timing
