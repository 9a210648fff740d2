#include "cli/bench_figure.hpp"

#include "base/check.hpp"

#include <fmt/format.h>

#include <time.h>

#include <algorithm>
#include <chrono>

namespace bulla::cli {
namespace {

constexpr std::string_view row_form = "{:<44} {:>12}  {:<30} {:>12}  {:<20} {}\n";

double seconds_of(clockid_t clock) {
    timespec time{};
    ::clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

std::string rate_text(double rate) {
    return rate > 0 ? fmt::format("{:.0f}/s", rate) : "";
}

std::string ratio_text(Rounds const& rounds) {
    auto const& middle = rounds.median();
    if (middle.ratio() == 0)
        return "";
    return fmt::format("{:.2f} ({:.2f} to {:.2f})", middle.ratio(), rounds.figures.front().ratio(),
                       rounds.figures.back().ratio());
}

std::string bar_text(Figure const& figure) {
    std::string text;
    if (figure.ratio_min > 0)
        text = fmt::format(">= {:.2f}", figure.ratio_min);
    else if (figure.rate_min > 0)
        text = fmt::format(">= {:.0f}/s", figure.rate_min);
    return figure.holds() ? text : text + " MISSED";
}

} // namespace

Rounds::Rounds(std::vector<Figure> measured) : figures(std::move(measured)) {
    CHECK(!figures.empty());
    std::ranges::sort(figures, {}, [](Figure const& one) { return std::pair(one.ratio(), one.rate); });
}

std::string print_table_head() {
    return fmt::format(row_form, "figure", "measured", "reference of the same run", "", "ratio", "bar");
}

std::string print_row(Rounds const& rounds) {
    auto const& middle = rounds.median();
    return fmt::format(row_form, middle.name, rate_text(middle.rate), middle.reference,
                       rate_text(middle.reference_rate), ratio_text(rounds), bar_text(middle));
}

boost::json::object row_json(Rounds const& rounds) {
    auto const& middle = rounds.median();
    return {{"figure", middle.name},
            {"rate", middle.rate},
            {"reference", middle.reference},
            {"reference_rate", middle.reference_rate},
            {"ratio", middle.ratio()},
            {"ratio_least", rounds.figures.front().ratio()},
            {"ratio_greatest", rounds.figures.back().ratio()},
            {"ratio_min", middle.ratio_min},
            {"rate_min", middle.rate_min},
            {"holds", middle.holds()}};
}

double thread_cpu_seconds() {
    return seconds_of(CLOCK_THREAD_CPUTIME_ID);
}

double process_cpu_seconds() {
    return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}

double wall_seconds() {
    return seconds_of(CLOCK_MONOTONIC);
}

} // namespace bulla::cli
