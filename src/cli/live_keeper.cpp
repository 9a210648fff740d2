#include "cli/live_keeper.hpp"

namespace bulla::cli {
namespace {

constexpr std::chrono::seconds sync_interval{1};
constexpr std::uint64_t rounds_between_drops = 3600;

} // namespace

LiveKeeper::LiveKeeper(store::LiveDatabase& live, base::Clock const& clock)
    : live_(live), clock_(clock), thread_("live-sync", [this](std::stop_token const& stop) { run(stop); }) {}

LiveKeeper::~LiveKeeper() {
    thread_.stop_and_join();
    sync();
}

void LiveKeeper::run(std::stop_token const& stop) {
    for (std::uint64_t round = 0; !stop.stop_requested(); ++round) {
        sync();
        if (round % rounds_between_drops == 0)
            if (auto const dropped = live_.drop_ended_sessions(clock_.now()); !dropped)
                store::fatal_store_error(dropped.error());
        base::Lock const lock(mutex_);
        wake_.wait_for(mutex_, stop, sync_interval, [] { return false; });
    }
}

void LiveKeeper::sync() {
    auto const synced = live_.sync();
    if (!synced && synced.error().kind != store::StoreFaultKind::no_space)
        store::fatal_store_error(synced.error());
}

} // namespace bulla::cli
