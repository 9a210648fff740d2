// What a benchmark prints: a figure beside the reference measured in the same run, their ratio, and the bar.
//
// Speed without a reference says more about the machine than about the program; a ratio can be compared
// across machines. Rates are a second; CPU time is that of the calling thread.
#pragma once

#include <fmt/format.h>

#include <time.h>

#include <chrono>
#include <cstdio>
#include <string>

namespace bulla::bench {

inline double thread_cpu_seconds() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

inline double process_cpu_seconds() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

inline double wall_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// How often `work` runs in a second of this thread's CPU time, over at least half a second.
template <class Work>
double rate_of(Work work) {
    auto const began = thread_cpu_seconds();
    for (std::size_t count = 1;; ++count) {
        work();
        auto const spent = thread_cpu_seconds() - began;
        if (spent >= 0.5)
            return static_cast<double>(count) / spent;
    }
}

struct Figure {
    std::string name;
    double rate = 0;
    std::string reference;
    double reference_rate = 0;
};

inline void print(Figure const& figure) {
    fmt::print("{:<46} {:>10.0f}/s   {:<34} {:>10.0f}/s   ratio {:>6.2f}\n", figure.name, figure.rate,
               figure.reference, figure.reference_rate, figure.rate / figure.reference_rate);
    std::fflush(stdout);
}

} // namespace bulla::bench
