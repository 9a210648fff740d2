#include "cli/network_commands.hpp"
#include "cli/network_directory.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace bulla::cli {
namespace {

using State = NodeReport::State;

// Two roots for one size: somebody signed two histories, or a store is damaged.
bool is_forked(std::vector<NodeReport> const& reports) {
    std::map<std::uint64_t, std::string> roots;
    return std::ranges::any_of(reports, [&](NodeReport const& report) {
        return report.state != State::down &&
               roots.emplace(report.size, report.root).first->second != report.root;
    });
}

void print_table(std::vector<LocalNode> const& nodes, std::vector<NodeReport> const& reports) {
    fmt::print("{:<8}  {:<22}  {:<9}  {:>8}  root\n", "node", "address", "state", "size");
    for (std::size_t index = 0; index < nodes.size(); ++index)
        fmt::print("{:<8}  {:<22}  {:<9}  {:>8}  {}\n", nodes[index].name, nodes[index].url(),
                   name(reports[index].state), reports[index].size, reports[index].root);
}

void print_reports(std::vector<LocalNode> const& nodes, std::vector<NodeReport> const& reports) {
    boost::json::array list;
    for (std::size_t index = 0; index < nodes.size(); ++index)
        list.push_back(boost::json::object{{"name", nodes[index].name},
                                           {"url", nodes[index].url()},
                                           {"state", name(reports[index].state)},
                                           {"size", reports[index].size},
                                           {"root", reports[index].root}});
    print_json({{"nodes", std::move(list)}, {"forked", is_forked(reports)}});
}

} // namespace

ExitCode show_network_status(NetworkCommand const& command) {
    auto const nodes = list_nodes(command.directory);
    if (!nodes)
        return fail(ExitCode::usage, nodes.error());
    std::vector<NodeReport> reports;
    for (auto const& node : *nodes)
        reports.push_back(ask_node(node));
    if (command.form == OutputForm::json)
        print_reports(*nodes, reports);
    else
        print_table(*nodes, reports);
    if (is_forked(reports))
        return fail(ExitCode::refused, "nodes have different roots for one size: stop them, keep their data "
                                       "directories, and find the one whose ledger does not verify");
    auto const is_ready = [](NodeReport const& report) { return report.state == State::ready; };
    return std::ranges::all_of(reports, is_ready) ? ExitCode::good : ExitCode::unreachable;
}

} // namespace bulla::cli
