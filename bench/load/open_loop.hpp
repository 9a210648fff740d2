// Sends pieces of work at a constant rate whether or not the server keeps up, as people do who know nothing
// of one another, from one thread. What cannot be sent because all virtual clients wait for answers counts as
// unsent.
#pragma once

#include "drive.hpp"

#include <functional>

namespace bulla::bench {

// One kind of work, and what became of it.
struct Arrivals {
    std::string name;
    double rate = 0; // pieces of work a second
    std::function<std::unique_ptr<Script>()> make_client;
    std::size_t clients_max = 2'000;
};

struct OpenTally {
    std::string name;
    std::uint64_t arrived = 0;
    std::uint64_t done = 0;
    std::uint64_t refused_at_first = 0; // with 503 or 429, before anything was done
    std::uint64_t refused_later = 0;    // after a step had been answered
    std::uint64_t unsent = 0;
    std::vector<std::chrono::microseconds> done_times; // from the arrival to the last answer
    std::vector<std::chrono::microseconds> refused_times; // of the requests that were refused
};

struct OpenRun {
    double wall_seconds = 0;
    double server_cpu_seconds = 0;
    std::vector<OpenTally> tallies; // in the order of the arrivals
};

OpenRun drive_open(Measure const& measure, std::vector<Arrivals> arrivals);

} // namespace bulla::bench
