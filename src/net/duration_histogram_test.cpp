#include "net/duration_histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace bulla::net {
namespace {

using namespace std::chrono_literals;

std::size_t bucket_of(std::chrono::nanoseconds duration) {
    DurationHistogram histogram;
    histogram.record(duration);
    auto const counts = histogram.read().counts;
    return static_cast<std::size_t>(std::ranges::find(counts, 1U) - counts.begin());
}

TEST(DurationHistogram, puts_each_duration_into_the_first_bucket_that_reaches_it) {
    EXPECT_EQ(bucket_of(-1s), 0U);
    EXPECT_EQ(bucket_of(0ns), 0U);
    for (std::size_t index = 0; index < DurationHistogram::bounds.size(); ++index) {
        EXPECT_EQ(bucket_of(DurationHistogram::bounds[index]), index);
        EXPECT_EQ(bucket_of(DurationHistogram::bounds[index] + 1ns), index + 1);
    }
}

TEST(DurationHistogram, adds_up) {
    DurationHistogram histogram;
    for (auto const duration : {1ms, 20ms, 300ms})
        histogram.record(duration);
    auto const reading = histogram.read();
    EXPECT_EQ(std::accumulate(reading.counts.begin(), reading.counts.end(), 0U), 3U);
    EXPECT_EQ(reading.sum, 321ms);
}

} // namespace
} // namespace bulla::net
