#include "cli/network_commands.hpp"
#include "cli/network_directory.hpp"
#include "net/child_process.hpp"
#include "net/signals.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <fstream>

namespace bulla::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds stop_grace{90};
constexpr std::chrono::seconds ready_time_max{60};
constexpr std::chrono::milliseconds poll_interval{200};

// A node as a child of this process, and its log on the disk.
class RunningNode {
public:
    RunningNode(LocalNode node, fs::path const& program)
        : node_(std::move(node)), log_(node_.log(), std::ios::app),
          child_({.arguments = {program.string(), "serve", "--config", node_.configuration().string()},
                  .environment = {"HOME=" + node_.directory.string()}},
                 {.line = [this](std::string_view line) { (log_ << line << '\n').flush(); },
                  .end = [this](net::ChildEnd const& end) { note_end(end); }}) {}

    LocalNode const& node() const { return node_; }
    std::optional<int> id() const { return child_.id(); }
    bool has_ended() const { return has_ended_; }
    void end() {
        is_wanted_ = false;
        child_.stop(stop_grace);
    }
    void announce_end() { is_wanted_ = false; }

private:
    void note_end(net::ChildEnd const& end) {
        has_ended_ = true;
        if (!is_wanted_)
            return;
        fmt::print(stderr,
                   "{} ended: {}; its last lines are in {}\n  start it again:  bulla serve --config {}\n",
                   node_.name, net::describe(end), node_.log().string(), node_.configuration().string());
    }

    LocalNode node_;
    std::ofstream log_;
    std::atomic<bool> is_wanted_ = true;
    std::atomic<bool> has_ended_ = false;
    net::ChildProcess child_; // last
};

using RunningNodes = std::vector<std::unique_ptr<RunningNode>>;

// Whether all are ready; false when somebody asked for the end, when one has ended, or when it takes too
// long.
bool await_ready(RunningNodes const& nodes, boost::asio::io_context& signals) {
    auto const until = std::chrono::steady_clock::now() + ready_time_max;
    auto const is_ready = [](auto const& running) {
        return ask_node(running->node()).state == NodeReport::State::ready;
    };
    auto const has_ended = [](auto const& running) { return running->has_ended(); };
    while (std::chrono::steady_clock::now() < until && std::ranges::none_of(nodes, has_ended)) {
        if (std::ranges::all_of(nodes, is_ready))
            return true;
        if (signals.run_for(poll_interval) > 0 || signals.stopped())
            return false;
    }
    return false;
}

void print_nodes(RunningNodes const& nodes) {
    for (auto const& running : nodes)
        if (auto const id = running->id())
            fmt::print("  {}  {}  process {}  log {}\n", running->node().name, running->node().url(), *id,
                       running->node().log().string());
}

void print_hints(RunningNodes const& nodes, fs::path const& directory) {
    auto const first = nodes.front()->node().url();
    auto const last = nodes.back()->node().url();
    fmt::print(
        "all nodes are ready; register at one and log in at another:\n"
        "  curl {}/register -d username=alice --data-urlencode 'password=correct horse battery staple'\n"
        "  curl {}/login -d username=alice --data-urlencode 'password=correct horse battery staple'\n"
        "  bulla network status {}\n",
        first, last, directory.string());
}

} // namespace

ExitCode run_network(NetworkCommand const& command) {
    auto const nodes = list_nodes(command.directory);
    if (!nodes)
        return fail(ExitCode::usage, nodes.error());
    boost::asio::io_context signals{1};
    boost::asio::co_spawn(signals, net::wait_for_end_signal(),
                          [](std::exception_ptr const&, net::EndSignal) {});
    signals.poll();
    std::error_code error;
    auto const program = fs::read_symlink("/proc/self/exe", error);
    RunningNodes running;
    for (auto const& node : *nodes)
        running.push_back(std::make_unique<RunningNode>(node, program));
    bool const are_ready = await_ready(running, signals);
    print_nodes(running);
    if (are_ready)
        print_hints(running, command.directory);
    else if (!signals.stopped())
        fmt::print("not all nodes are ready: see their logs, and bulla network status {}\n",
                   command.directory.string());
    std::fflush(stdout);
    signals.run();
    for (auto const& each : running)
        each->announce_end();
    for (auto const& each : running)
        each->end();
    fmt::print("all nodes are stopped\n");
    return ExitCode::good;
}

} // namespace bulla::cli
