#include "cli/watchdog.hpp"

#include "cli/log_line.hpp"

#include <fmt/format.h>

namespace bulla::cli {
namespace {

constexpr std::chrono::microseconds round_without_supervisor = std::chrono::seconds{10};

} // namespace

Watchdog::Watchdog(Parts parts)
    : parts_(std::move(parts)), thread_("watchdog", [this](std::stop_token const& stop) { run(stop); }) {}

void Watchdog::run(std::stop_token const& stop) {
    auto const pause =
        parts_.deadline > std::chrono::microseconds{0} ? parts_.deadline / 3 : round_without_supervisor;
    while (!stop.stop_requested()) {
        go_round();
        base::Lock const lock(mutex_);
        wake_.wait_for(mutex_, stop, pause, [] { return false; });
    }
}

void Watchdog::go_round() {
    std::vector<std::string> silent;
    for (auto const& question : parts_.questions)
        for (auto& name : question())
            silent.push_back(std::move(name));
    silent_count_ = silent.size();
    auto const names = fmt::format("{}", fmt::join(silent, ", "));
    if (silent.empty() && told_.empty())
        parts_.supervisor.notify("WATCHDOG=1");
    else if (silent.empty())
        parts_.supervisor.notify("WATCHDOG=1\nSTATUS=all threads answer again");
    else
        parts_.supervisor.notify(fmt::format("STATUS=no answer from the threads: {}", names));
    if (names != told_ && !silent.empty())
        parts_.log->error(
            "{}", log_record("threads do not answer: the disk or a defect holds them", {{"threads", names}}));
    else if (names != told_)
        parts_.log->info("all threads answer again");
    told_ = names;
}

} // namespace bulla::cli
