#include "cli/map_keeper.hpp"

#include "cli/start_messages.hpp"
#include "store/fault.hpp"

#include <chrono>

namespace bulla::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t check_parts = 64; // between two of them the end may come
constexpr std::chrono::seconds pause_min{5};
constexpr int pause_factor = 20; // of the time that writing took
constexpr std::uint64_t behind_min = 4'096;
constexpr std::uint64_t running_share = 32; // one of so many accounts may be missing while the server runs
constexpr std::uint64_t stopped_share = 1'024; // after it has ended

std::uint64_t size_as_of_file(sequencer::Head const& head, sequencer::DirectoryOrigin const& origin) {
    return origin.map_file ? head.size.number() - origin.entries_after : 0;
}

} // namespace

MapKeeper::MapKeeper(sequencer::HeadFeed const& heads, Start start, std::shared_ptr<spdlog::logger> log)
    : heads_(heads), start_(std::move(start)), first_(heads.newest()), log_(std::move(log)),
      size_in_file_(size_as_of_file(*first_, start_.origin)),
      thread_("maps", [this](std::stop_token const& stop) { run(stop); }) {}

MapKeeper::~MapKeeper() {
    thread_.stop_and_join();
    auto const accounts = heads_.newest()->directory.size();
    store_if_behind(std::max<std::uint64_t>(1, accounts / stopped_share));
}

void MapKeeper::run(std::stop_token const& stop) {
    report_start();
    check_believed_hashes(stop);
    while (!stop.stop_requested()) {
        auto const began = Clock::now();
        store_if_behind(
            std::max<std::uint64_t>(behind_min, heads_.newest()->directory.size() / running_share));
        auto const pause = std::max<Clock::duration>(pause_min, pause_factor * (Clock::now() - began));
        base::Lock const lock(mutex_);
        wake_.wait_for(mutex_, stop, pause, [] { return false; });
    }
}

void MapKeeper::report_start() const {
    auto const& origin = start_.origin;
    auto const accounts = first_->directory.size();
    if (origin.map_file)
        log_->info("directory of {} accounts from the map file of block {} and {} entries after it", accounts,
                   origin.map_file->number(), origin.entries_after);
    else if (origin.fault && *origin.fault != sequencer::DirectoryFileFault::missing)
        log_->warn("{}: {}; the directory of {} accounts was built from the rows, and a new map file follows",
                   start_.file.string(), describe(*origin.fault), accounts);
    else
        log_->info("directory of {} accounts built from the rows", accounts);
}

void MapKeeper::check_believed_hashes(std::stop_token const& stop) const {
    auto const& directory = first_->directory;
    if (!directory.has_believed_hashes())
        return;
    for (std::size_t part = 0; part < check_parts && !stop.stop_requested(); ++part) {
        if (directory.has_true_hashes(part, check_parts))
            continue;
        sequencer::set_aside(start_.file);
        store::fatal_store_error({.kind = store::StoreFaultKind::damaged,
                                  .place = start_.file.string(),
                                  .detail =
                                      "its hashes are not those of the accounts; it is renamed, and the "
                                      "next start builds the directory from the rows"});
    }
    if (stop.stop_requested())
        return;
    directory.vouch_for_hashes();
    log_->info("all hashes of the directory are checked");
}

std::uint64_t MapKeeper::entries_behind(sequencer::Head const& head) const {
    return head.size.number() - size_in_file_;
}

void MapKeeper::store_if_behind(std::uint64_t behind_max) {
    auto const head = heads_.newest();
    if (entries_behind(*head) >= behind_max)
        store(head);
}

void MapKeeper::store(sequencer::HeadPointer const& head) {
    auto const stored = sequencer::store_directory_file(start_.file, *head);
    if (stored)
        size_in_file_ = head->size.number();
    else
        log_->warn("{}: {}", start_.file.string(), describe(stored.error()));
}

} // namespace bulla::cli
