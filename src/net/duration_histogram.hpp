// Durations counted in fixed buckets, from any thread and without a lock.
//
// Recording costs three additions to memory. What is read meanwhile may be a recording apart from one number
// to the next.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace bulla::net {

class DurationHistogram {
public:
    // The upper bounds of the buckets; one more bucket takes what is longer.
    static constexpr std::array bounds = [] {
        using std::chrono::microseconds;
        return std::array{microseconds{100},       microseconds{250},       microseconds{500},
                          microseconds{1'000},     microseconds{2'500},     microseconds{5'000},
                          microseconds{10'000},    microseconds{25'000},    microseconds{50'000},
                          microseconds{100'000},   microseconds{250'000},   microseconds{500'000},
                          microseconds{1'000'000}, microseconds{2'500'000}, microseconds{10'000'000}};
    }();

    struct Reading {
        std::array<std::uint64_t, bounds.size() + 1> counts{}; // a bucket each, not added up
        std::chrono::nanoseconds sum{0};
    };

    void record(std::chrono::nanoseconds duration);
    Reading read() const;

private:
    std::array<std::atomic<std::uint64_t>, bounds.size() + 1> counts_{};
    std::atomic<std::uint64_t> nanoseconds_ = 0;
};

} // namespace bulla::net
