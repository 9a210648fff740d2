#include "cli/erasure_keeper.hpp"

#include <algorithm>
#include <chrono>

namespace bulla::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds pause_min{2};
constexpr int pause_factor = 20; // of the time that the erasing before took

} // namespace

ErasureKeeper::ErasureKeeper(store::LedgerDatabase& ledger)
    : ledger_(ledger), thread_("erasure", [this](std::stop_token const& stop) { run(stop); }) {}

void ErasureKeeper::run(std::stop_token const& stop) {
    while (!stop.stop_requested()) {
        auto const began = Clock::now();
        erase();
        auto const pause = std::max<Clock::duration>(pause_min, pause_factor * (Clock::now() - began));
        base::Lock const lock(mutex_);
        wake_.wait_for(mutex_, stop, pause, [] { return false; });
    }
}

void ErasureKeeper::erase() {
    auto const erased = ledger_.erase_now();
    if (!erased && erased.error().kind != store::StoreFaultKind::no_space)
        store::fatal_store_error(erased.error());
}

} // namespace bulla::cli
