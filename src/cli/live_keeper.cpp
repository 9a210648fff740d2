#include "cli/live_keeper.hpp"

#include "net/stopwatch.hpp"

namespace bulla::cli {
namespace {

constexpr std::chrono::seconds sync_interval{1};
constexpr std::uint64_t rounds_between_drops = 3600;

} // namespace

LiveKeeper::LiveKeeper(store::LiveDatabase& live, service::CounterSweep sweep, base::Clock const& clock)
    : live_(live), sweep_(std::move(sweep)), clock_(clock),
      thread_("live-sync", [this](std::stop_token const& stop) { run(stop); }) {}

LiveKeeper::~LiveKeeper() {
    thread_.stop_and_join();
    sync();
}

void LiveKeeper::run(std::stop_token const& stop) {
    for (std::uint64_t round = 0; !stop.stop_requested(); ++round) {
        sync();
        if (round % rounds_between_drops == 0)
            drop_ended_sessions();
        sweep_counters();
        base::Lock const lock(mutex_);
        wake_.wait_for(mutex_, stop, sync_interval, [] { return false; });
    }
}

// What a full disk refuses to drop is dropped later.
void LiveKeeper::drop_ended_sessions() {
    auto const dropped = live_.drop_ended_sessions(clock_.now());
    if (!dropped && dropped.error().kind != store::StoreFaultKind::no_space)
        store::fatal_store_error(dropped.error());
}

void LiveKeeper::sweep_counters() {
    auto const dropped = sweep_.tick(clock_.now());
    if (!dropped && dropped.error().kind != store::StoreFaultKind::no_space)
        store::fatal_store_error(dropped.error());
}

void LiveKeeper::sync() {
    net::Stopwatch const stopwatch;
    auto const synced = live_.sync();
    syncs_.record(stopwatch.elapsed());
    if (!synced && synced.error().kind != store::StoreFaultKind::no_space)
        store::fatal_store_error(synced.error());
}

} // namespace bulla::cli
