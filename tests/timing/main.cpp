// timing names|comparisons [COUNT]: attack catalogue E4, E9, E14, by the clock. For `make test-long`; a busy
// machine makes the figures wide, not wrong: what could have been found is printed with them.
#include "comparisons.hpp"
#include "crypto/start.hpp"
#include "names.hpp"

#include <fmt/format.h>

#include <charconv>
#include <string_view>

namespace bulla::timing {

bool report(char const* name, Comparison const& found, double bound, double time) {
    bool const alike = !found.is_different() || std::abs(found.difference) <= bound;
    fmt::print(
        "{}: {:.0f} ns, difference {:+.1f} ns, t = {:+.1f}; 99 of 100 runs find {:.1f} ns; bound {:.0f} ns: "
        "{}\n",
        name, time, found.difference, found.t(), found.detectable(), bound, alike ? "alike" : "DIFFERENT");
    return alike;
}

namespace {

// A login takes some 300 µs on the server. Of one name a stranger gets at most 100 answers before it is
// closed, each through a network whose spread is tens of microseconds at best.
constexpr double name_bound = 2'000;

bool check_names(std::size_t count) {
    auto const samples = measure_names(count, name_bound);
    auto const found = compare(samples.known, samples.unknown);
    auto const planted = compare(samples.slower, samples.unknown);
    bool good = report("known and unknown names", found, name_bound, samples.median);
    fmt::print("planted {:.0f} ns: found {:+.1f} ns, t = {:+.1f}\n", name_bound, planted.difference,
               planted.t());
    if (!planted.is_different()) {
        fmt::print("the planted difference was not found: this machine is too busy to tell\n");
        good = false;
    }
    return good;
}

bool check_comparisons(std::size_t count) {
    auto const samples = measure_comparisons(count);
    auto const found = compare(samples.equal, samples.differing_at_once);
    bool good = report("same_secret", found, 0, found.mean);
    auto const leaky = compare(samples.leaky_equal, samples.leaky_differing_at_once);
    fmt::print("a comparison that stops early: {:+.1f} ns, t = {:+.1f}\n", leaky.difference, leaky.t());
    if (!leaky.is_different()) {
        fmt::print("its difference was not found: this machine is too busy to tell\n");
        good = false;
    }
    return good;
}

std::size_t count_of(int argc, char** argv, std::size_t otherwise) {
    std::size_t count = otherwise;
    if (argc > 2) {
        std::string_view const text = argv[2];
        std::from_chars(text.data(), text.data() + text.size(), count);
    }
    return count;
}

int run(int argc, char** argv) {
    std::string_view const what = argc > 1 ? argv[1] : "";
    if (what != "names" && what != "comparisons") {
        fmt::print("usage: timing names|comparisons [COUNT]\n");
        return 2;
    }
    bool const good = what == "names" ? check_names(count_of(argc, argv, 100'000))
                                      : check_comparisons(count_of(argc, argv, 1'000'000));
    return good ? 0 : 1;
}

} // namespace
} // namespace bulla::timing

int main(int argc, char** argv) {
    bulla::crypto::start();
    return bulla::timing::run(argc, argv);
}
