#include "simulator/simulation.hpp"

#include "simulator/child.hpp"
#include "simulator/life.hpp"

#include <fmt/format.h>

namespace bulla::test {
namespace {

namespace fs = std::filesystem;

class Simulation {
public:
    explicit Simulation(std::uint64_t seed)
        : seed_(seed), choose_(seed), places_{fast_temporary_directory()} {}
    ~Simulation() {
        std::error_code ignored;
        fs::remove_all(places_.root, ignored);
    }
    Simulation(Simulation const&) = delete;
    Simulation& operator=(Simulation const&) = delete;

    Verdict run() {
        oracle_->clock = base::unix_milliseconds(world_time);
        wrong_ = check("founding", run_in_child([&] {
                           Node(places_, std::make_shared<FaultyDisk>(places_.attic()), *oracle_).found();
                           return life_ended;
                       }));
        for (auto lives = 3 + choose_() % 4; lives > 0 && !wrong_; --lives)
            wrong_ = one_life(draw_plan(choose_));
        if (!wrong_)
            wrong_ = one_life({.seed = choose_(), .end = LifeEnd::in_order, .fault = {}});
        return verdict();
    }

private:
    Wrong check(std::string_view doing, ChildEnd const& end) const {
        if (end.signal == 0 && end.status != life_wrong)
            return std::nullopt;
        return fmt::format("seed {}, life {}, {}: status {}, signal {}: {}", seed_, oracle_->lives, doing,
                           end.status, end.signal, end.words);
    }

    Wrong one_life(LifePlan const& plan) {
        ++oracle_->lives;
        oracle_->note("life", plan.seed);
        if (plan.fault.whose == Whose::other_threads)
            oracle_->is_traced = false;
        auto const end = run_in_child([&] { return live(plan, places_, *oracle_); });
        oracle_->note("ended", std::uint64_t(end.status));
        note_crash(plan, end);
        if (auto wrong = check("living", end))
            return wrong;
        if (!fs::exists(places_.copy())) // the power took it: a copy is no promise before it is a backup
            oracle_->copy_size = 0;
        if (oracle_->copy_size == 0 || choose_() % 2 == 0)
            return std::nullopt;
        return check("an old copy", run_in_child([&] { return try_old_copy(places_, *oracle_); }));
    }

    void note_crash(LifePlan const& plan, ChildEnd const& end) {
        bool const is_power_cut = end.is(power_cut_status) || end.is(life_refused);
        if (is_power_cut)
            oracle_->is_power_cut = true;
        if (end.is(life_ended) || plan.end != LifeEnd::by_fault)
            return;
        ++crashes_;
        if (!oracle_->is_open)
            oracle_->reach(Probe::crash_while_opening);
        for (auto const& account : oracle_->accounts)
            if (account.attempted > account.acknowledged)
                oracle_->reach(Probe::crash_while_committing);
        if (oracle_->is_erasing) {
            oracle_->was_erasing = true;
            oracle_->reach(Probe::crash_while_erasing);
        }
        if (plan.fault.whose == Whose::other_threads)
            oracle_->reach(Probe::crash_in_the_background);
    }

    Verdict verdict() const {
        return {.wrong = wrong_,
                .trace = oracle_->trace,
                .probes = oracle_->probes,
                .lives = oracle_->lives,
                .crashes = crashes_,
                .acknowledged = oracle_->acknowledged,
                .refused = oracle_->refused};
    }

    std::uint64_t seed_;
    std::mt19937_64 choose_;
    NodePlaces places_;
    Shared<Oracle> oracle_;
    Wrong wrong_;
    std::uint64_t crashes_ = 0;
};

} // namespace

Verdict simulate(std::uint64_t seed) {
    return Simulation(seed).run();
}

} // namespace bulla::test
