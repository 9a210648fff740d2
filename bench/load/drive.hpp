// Drives many connections at once from one thread, each with one request under way, and measures what the
// server's process pays for it. Who is refused for want of turns waits for a second, as the answer asks.
#pragma once

#include "stream.hpp"

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <vector>

namespace bulla::bench {

// How far an answer brought the piece of work that its connection repeats.
enum class Progress : std::uint8_t { underway, done, refused };

// What one connection asks for, request after request.
class Script {
public:
    virtual ~Script() = default;
    virtual std::string_view next_request() = 0; // lives until the next call
    virtual Progress take(Answer const& answer) = 0;
};

struct Tally {
    std::uint64_t done = 0;
    std::uint64_t refused = 0;
    double wall_seconds = 0;
    double server_cpu_seconds = 0;
    double client_cpu_seconds = 0;
    std::chrono::microseconds median{0}; // from the first request of a piece of work to its last answer
    std::chrono::microseconds slow{0};   // 99 of 100 took no longer
};

struct Measure {
    std::uint16_t port = 0;
    pid_t server = 0;
    std::chrono::milliseconds warm_up{1'000}; // not counted
    std::chrono::milliseconds duration{5'000};
};

// Of all its threads.
double cpu_seconds_of(pid_t process);

Tally drive(Measure const& measure, std::vector<std::unique_ptr<Script>> scripts);

} // namespace bulla::bench
