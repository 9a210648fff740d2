#include "base/check.hpp"
#include "cli/network_commands.hpp"
#include "cli/network_directory.hpp"
#include "net/signals.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <map>

namespace bulla::cli {
namespace {

using State = NodeReport::State;

constexpr std::chrono::milliseconds watch_interval{1'000};

// Two roots for one size: somebody signed two histories, or a store is damaged.
bool is_forked(std::vector<NodeReport> const& reports) {
    std::map<std::uint64_t, std::string> roots;
    return std::ranges::any_of(reports, [&](NodeReport const& report) {
        return report.state != State::down &&
               roots.emplace(report.size, report.root).first->second != report.root;
    });
}

void print_table(std::vector<LocalNode> const& nodes, std::vector<NodeReport> const& reports) {
    std::uint64_t newest = 0;
    for (auto const& report : reports)
        newest = std::max(newest, report.size);
    fmt::print("{:<8}  {:<22}  {:<9}  {:>8}  {:>6}  {:>8}  root\n", "node", "address", "state", "size",
               "behind", "cosigned");
    for (std::size_t index = 0; index < nodes.size(); ++index)
        fmt::print("{:<8}  {:<22}  {:<9}  {:>8}  {:>6}  {:>8}  {}\n", nodes[index].name, nodes[index].url(),
                   name(reports[index].state), reports[index].size, newest - reports[index].size,
                   fmt::format("{} of {}", reports[index].cosigners, nodes.size()), reports[index].root);
}

// From the agreed height on only programs that know the version go on.
void print_upgrade(LocalNode const& node, NodeReport const& report) {
    auto const& [version, height] = *report.agreed;
    fmt::print("{:<8}  rules {} from engine height {} on; it is at {} and {}\n", node.name, version, height,
               report.engine_height,
               report.rules_known >= version ? "knows them" : "does not know them: install a newer bulla");
}

std::string_view offence_text(service::Offence offence) {
    using enum service::Offence;
    switch (offence) {
    case two_histories: return "has signed two histories";
    case other_history: return "has signed a history that is not this one";
    case two_votes: return "has signed two votes for one height";
    }
    CHECK_UNREACHABLE();
}

boost::json::array evidence_json(std::vector<service::Evidence> const& evidence) {
    boost::json::array array;
    for (auto const& each : evidence)
        array.push_back(boost::json::object{
            {"node", each.node}, {"offence", name(each.offence)}, {"at", each.at}, {"file", each.file()}});
    return array;
}

// What a node says of itself and of others beside its ledger.
void print_words(std::vector<LocalNode> const& nodes, std::vector<NodeReport> const& reports) {
    for (std::size_t index = 0; index < nodes.size(); ++index) {
        for (auto const& reason : reports[index].waits_for)
            fmt::print("{:<8}  {}\n", nodes[index].name, reason);
        for (auto const& evidence : reports[index].evidence)
            fmt::print("{:<8}  {} {}: see {}\n", nodes[index].name, evidence.node,
                       offence_text(evidence.offence),
                       (nodes[index].directory / "data" / "evidence" / evidence.file()).string());
        if (reports[index].agreed)
            print_upgrade(nodes[index], reports[index]);
    }
}

boost::json::object to_json(LocalNode const& node, NodeReport const& report) {
    boost::json::object object{
        {"name", node.name},
        {"url", node.url()},
        {"state", name(report.state)},
        {"size", report.size},
        {"cosigners", report.cosigners},
        {"root", report.root},
        {"engine_height", report.engine_height},
        {"rules_known", report.rules_known},
        {"waits_for", boost::json::array(report.waits_for.begin(), report.waits_for.end())},
        {"evidence", evidence_json(report.evidence)}};
    if (report.agreed)
        object["agreed"] =
            boost::json::object{{"version", report.agreed->version}, {"height", report.agreed->height}};
    return object;
}

void print_reports(std::vector<LocalNode> const& nodes, std::vector<NodeReport> const& reports) {
    boost::json::array list;
    list.reserve(nodes.size());
    for (std::size_t index = 0; index < nodes.size(); ++index)
        list.push_back(to_json(nodes[index], reports[index]));
    print_json({{"nodes", std::move(list)}, {"forked", is_forked(reports)}});
}

std::vector<NodeReport> ask_all(std::vector<LocalNode> const& nodes) {
    std::vector<NodeReport> reports;
    reports.reserve(nodes.size());
    for (auto const& node : nodes)
        reports.push_back(ask_node(node));
    return reports;
}

// Until a signal to end.
ExitCode watch(std::vector<LocalNode> const& nodes) {
    boost::asio::io_context signals{1};
    boost::asio::co_spawn(signals, net::wait_for_end_signal(),
                          [](std::exception_ptr const&, net::EndSignal) {});
    signals.poll();
    do {
        auto const reports = ask_all(nodes);
        fmt::print("\x1b[H\x1b[J"); // the terminal's first place, and nothing below it
        print_table(nodes, reports);
        print_words(nodes, reports);
        if (is_forked(reports))
            fmt::print("\nFORKED: nodes have different roots for one size\n");
        std::fflush(stdout);
    } while (signals.run_for(watch_interval) == 0 && !signals.stopped());
    return ExitCode::good;
}

} // namespace

ExitCode show_network_status(NetworkCommand const& command) {
    auto const nodes = list_nodes(command.directory);
    if (!nodes)
        return fail(ExitCode::usage, nodes.error());
    if (command.view == NetworkView::watched)
        return watch(*nodes);
    auto const reports = ask_all(*nodes);
    if (command.form == OutputForm::json) {
        print_reports(*nodes, reports);
    } else {
        print_table(*nodes, reports);
        print_words(*nodes, reports);
    }
    if (is_forked(reports))
        return fail(ExitCode::refused, "nodes have different roots for one size: stop them, keep their data "
                                       "directories, and find the one whose ledger does not verify");
    auto const is_ready = [](NodeReport const& report) { return report.state == State::ready; };
    return std::ranges::all_of(reports, is_ready) ? ExitCode::good : ExitCode::unreachable;
}

} // namespace bulla::cli
