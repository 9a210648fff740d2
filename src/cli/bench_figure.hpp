// What a benchmark tells: a figure beside the reference measured in the same run, their ratio, and the bar
// that the ratio or the figure must reach.
//
// Speed without a reference says more about the machine than about the program. Other work on the machine
// disturbs both sides, so a figure is measured several times beside its reference, and the pair with the
// median ratio is shown, with the least and the greatest ratio. Rates are a second; "a core": a second of CPU
// time.
#pragma once

#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace bulla::cli {

struct Figure {
    std::string name;
    double rate = 0;
    std::string reference; // empty: none
    double reference_rate = 0;
    double ratio_min = 0; // 0: no bar on the ratio
    double rate_min = 0;  // 0: no bar on the figure

    double ratio() const { return reference_rate > 0 ? rate / reference_rate : 0; }
    bool holds() const { return ratio() >= ratio_min && rate >= rate_min; }
};

// The same figure, measured several times.
struct Rounds {
    std::vector<Figure> figures; // by ratio, or by rate without a reference; not empty

    explicit Rounds(std::vector<Figure> measured);
    Figure const& median() const { return figures[figures.size() / 2]; }
};

std::string print_table_head();
std::string print_row(Rounds const& rounds);
boost::json::object row_json(Rounds const& rounds);

double thread_cpu_seconds();
double process_cpu_seconds();
double wall_seconds();

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

} // namespace bulla::cli
