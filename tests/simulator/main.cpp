// bulla_simulator --seeds N [--first S] [--jobs J]: runs N seeds, prints what was tried and which rare
// branches were reached; fails when anything was wrong. A run of 1,000 seeds or more must reach them all.
#include "crypto/start.hpp"
#include "simulator/child.hpp"
#include "simulator/results.hpp"
#include "simulator/simulation.hpp"

#include <fmt/format.h>

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

using bulla::test::Probe;

constexpr std::uint64_t seeds_of_a_long_run = 1'000;

struct Options {
    std::uint64_t seeds = 100;
    std::uint64_t first = 1;
    std::uint64_t jobs = 2;
};

struct Total {
    std::uint64_t lives = 0;
    std::uint64_t crashes = 0;
    std::uint64_t acknowledged = 0;
    std::uint64_t refused = 0;
    std::uint64_t wrong = 0;
    std::bitset<bulla::test::probe_count> probes;

    void add(Total const& other) {
        lives += other.lives;
        crashes += other.crashes;
        acknowledged += other.acknowledged;
        refused += other.refused;
        wrong += other.wrong;
        probes |= other.probes;
    }
};

Options parse(int argc, char** argv) {
    Options options;
    for (int index = 1; index + 1 < argc; index += 2) {
        auto const number = std::strtoull(argv[index + 1], nullptr, 10);
        if (std::strcmp(argv[index], "--seeds") == 0)
            options.seeds = number;
        if (std::strcmp(argv[index], "--first") == 0)
            options.first = number;
        if (std::strcmp(argv[index], "--jobs") == 0)
            options.jobs = std::max<std::uint64_t>(number, 1);
    }
    return options;
}

// Every jobs-th seed.
Total run_share(Options const& options, std::uint64_t job) {
    Total total;
    for (auto offset = job; offset < options.seeds; offset += options.jobs) {
        auto const verdict = bulla::test::simulate(options.first + offset);
        total.add({.lives = verdict.lives,
                   .crashes = verdict.crashes,
                   .acknowledged = verdict.acknowledged,
                   .refused = verdict.refused,
                   .wrong = verdict.wrong ? 1U : 0U,
                   .probes = verdict.probes});
        if (verdict.wrong)
            fmt::print(stderr, "FAILED: {}\n", *verdict.wrong);
    }
    return total;
}

Total run(Options const& options) {
    constexpr std::size_t jobs_max = 64;
    bulla::test::Shared<std::array<Total, jobs_max>> shares;
    auto const jobs = std::min<std::uint64_t>(options.jobs, jobs_max);
    for (std::uint64_t job = 0; job < jobs; ++job)
        if (::fork() == 0) {
            (*shares)[job] = run_share({options.seeds, options.first, jobs}, job);
            std::fflush(nullptr);
            ::_exit(0);
        }
    Total total;
    for (int status = 0; ::wait(&status) > 0;)
        if (status != 0)
            ++total.wrong; // a share that did not end by itself
    for (auto const& share : *shares)
        total.add(share);
    return total;
}

int report(Options const& options, Total const& total) {
    fmt::print("{} seeds from {}: {} lives, {} crashes, {} acknowledged, {} refused, {} wrong\n",
               options.seeds, options.first, total.lives, total.crashes, total.acknowledged, total.refused,
               total.wrong);
    bool is_all_reached = true;
    for (std::size_t index = 0; index < bulla::test::probe_count; ++index)
        if (!total.probes.test(index)) {
            fmt::print("not reached: {}\n", bulla::test::name(Probe(index)));
            is_all_reached = false;
        }
    bulla::test::add_result(
        {.kind = "simulated crashes", .tried = total.crashes, .lost = total.wrong, .refused = total.refused});
    return total.wrong == 0 && (is_all_reached || options.seeds < seeds_of_a_long_run) ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    bulla::crypto::start();
    auto const options = parse(argc, argv);
    return report(options, run(options));
}
