// What a benchmark prints: a figure beside the reference measured in the same run, their ratio, and the bar
// that the ratio or the figure must reach.
//
// Speed without a reference says more about the machine than about the program; a ratio can be compared
// across machines. Rates are a second; CPU time is that of the calling thread. Other work on the machine
// disturbs both sides, so a figure is measured several times beside its reference, and the pair with the
// median ratio is shown, with the least and the greatest ratio.
#pragma once

#include "base/check.hpp"

#include <fmt/format.h>

#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace bulla::bench {

inline double seconds_of(timespec const& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

inline double thread_cpu_seconds() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return seconds_of(time);
}

inline double process_cpu_seconds() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return seconds_of(time);
}

inline double wall_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// How often `work` runs in a second of this thread's CPU time, over at least a quarter of a second.
template <class Work>
double rate_of(Work work) {
    auto const began = thread_cpu_seconds();
    for (std::size_t count = 1;; ++count) {
        work();
        auto const spent = thread_cpu_seconds() - began;
        if (spent >= 0.25)
            return static_cast<double>(count) / spent;
    }
}

struct Figure {
    std::string name;
    double rate = 0;
    std::string reference;
    double reference_rate = 0;
    double ratio_min = 0; // 0: no bar on the ratio
    double rate_min = 0;  // 0: no bar on the figure

    double ratio() const { return rate / reference_rate; }
    bool holds() const { return ratio() >= ratio_min && rate >= rate_min; }
};

// Prints figures as they come, and with `--json FILE` writes all of them at the end.
class Report {
public:
    Report(int argc, char** argv) {
        for (int index = 1; index + 1 < argc; ++index)
            if (std::string_view(argv[index]) == "--json")
                json_path_ = argv[index + 1];
    }
    ~Report() { write_json(); }
    Report(Report const&) = delete;
    Report& operator=(Report const&) = delete;

    // The same figure, measured several times.
    void print(std::vector<Figure> rounds) {
        CHECK(!rounds.empty());
        std::ranges::sort(rounds, {}, &Figure::ratio);
        auto const& middle = rounds[rounds.size() / 2];
        fmt::print("{:<42} {:>9.0f}/s   {:<36} {:>9.0f}/s   ratio {:>5.2f} ({:.2f} to {:.2f})   {}\n",
                   middle.name, middle.rate, middle.reference, middle.reference_rate, middle.ratio(),
                   rounds.front().ratio(), rounds.back().ratio(), bar_text(middle));
        std::fflush(stdout);
        json_.push_back(fmt::format(R"({{"figure": "{}", "rate": {:.1f}, "reference": "{}", )"
                                    R"("reference_rate": {:.1f}, "ratio": {:.3f}, "ratio_least": {:.3f}, )"
                                    R"("ratio_greatest": {:.3f}, "ratio_min": {}, "rate_min": {}, )"
                                    R"("holds": {}}})",
                                    middle.name, middle.rate, middle.reference, middle.reference_rate,
                                    middle.ratio(), rounds.front().ratio(), rounds.back().ratio(),
                                    middle.ratio_min, middle.rate_min, middle.holds()));
    }
    void print(Figure figure) { print(std::vector{std::move(figure)}); }

private:
    static std::string bar_text(Figure const& figure) {
        std::string text = figure.ratio_min > 0  ? fmt::format("bar {:.2f}", figure.ratio_min)
                           : figure.rate_min > 0 ? fmt::format("bar {:.0f}/s", figure.rate_min)
                                                 : "no bar";
        return figure.holds() ? text : text + " MISSED";
    }
    void write_json() const {
        if (json_path_.empty())
            return;
        auto* const file = std::fopen(json_path_.c_str(), "w");
        CHECK(file != nullptr);
        fmt::print(file, "[\n{}\n]\n", fmt::join(json_, ",\n"));
        std::fclose(file);
    }

    std::string json_path_;
    std::vector<std::string> json_;
};

} // namespace bulla::bench
