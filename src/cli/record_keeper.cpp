#include "cli/record_keeper.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

namespace bulla::cli {
namespace {

constexpr std::chrono::milliseconds interval{100};
constexpr std::uint64_t rounds_between_drops = 600;

} // namespace

RecordKeeper::RecordKeeper(service::RecordMender& mender, sequencer::LackingRecords const& lacking,
                           boost::asio::io_context& context, std::shared_ptr<spdlog::logger> log)
    : mender_(mender), lacking_(lacking), context_(context), log_(std::move(log)),
      thread_("records", [this](std::stop_token const& stop) { run(stop); }) {}

void RecordKeeper::run(std::stop_token const& stop) {
    for (std::uint64_t round = 0; !stop.stop_requested(); ++round) {
        if (!lacking_.is_empty())
            mend();
        if (round % rounds_between_drops == 0)
            drop_old();
        base::Lock const lock(mutex_);
        wake_.wait_for(mutex_, stop, interval, [] { return false; });
    }
}

void RecordKeeper::mend() {
    auto const before = lacking_.list().size();
    boost::asio::co_spawn(context_, mender_.mend(), boost::asio::use_future).get();
    auto const after = lacking_.list().size();
    if (after < before)
        log_->info("{} records came from other nodes, {} are missing", before - after, after);
}

void RecordKeeper::drop_old() {
    if (auto const dropped = mender_.drop_old(); dropped && *dropped > 0)
        log_->info("{} records of entries that were never ordered are dropped", *dropped);
}

} // namespace bulla::cli
