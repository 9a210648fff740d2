// Points in time, and where they and random bytes come from. Pure code takes a Timestamp; who owns a Clock
// reads it once a request or block and hands it down.
#pragma once

#include "base/bytes.hpp"

#include <chrono>

namespace bulla::base {

// Whole milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted; never negative.
using Timestamp = std::chrono::sys_time<std::chrono::milliseconds>;

constexpr Timestamp from_unix_milliseconds(std::uint64_t count) {
    return Timestamp{std::chrono::milliseconds{static_cast<std::int64_t>(count)}};
}
constexpr std::uint64_t unix_milliseconds(Timestamp time) {
    return static_cast<std::uint64_t>(time.time_since_epoch().count());
}
constexpr std::int64_t unix_seconds(Timestamp time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

class Clock {
public:
    virtual ~Clock() = default;
    virtual Timestamp now() const = 0;
};

// Uniform random bytes fit for keys. Cannot fail: an implementation that has none ends the process.
class Randomness {
public:
    virtual ~Randomness() = default;
    virtual void fill(ByteSpan bytes) = 0;
};

} // namespace bulla::base
