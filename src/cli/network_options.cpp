#include "cli/network_options.hpp"

#include "cli/network_commands.hpp"

#include <CLI/CLI.hpp>

namespace bulla::cli {
namespace {

void add_init(CLI::App& network, Action& action) {
    auto* const command = network.add_subcommand(
        "init", "Write a whole network into a directory: keys, ledger and configuration of every node");
    auto const of = std::make_shared<NetworkInitCommand>();
    command->add_option("directory", of->directory, "where to; must be empty or not exist")->required();
    command->add_option("--nodes", of->nodes, "how many; four bear the loss of one (default: 4)")
        ->check(CLI::Range(std::size_t{2}, network_nodes_max));
    command->add_option("--host", of->hosts,
                        "a machine, once for each: directories to be carried there, all with the same ports");
    command->add_option("--port", of->port,
                        "node 1 listens here, the others follow; 0: free ports (default: 8080)");
    command->add_option("--issuer", of->issuer,
                        "URL that applications know the service by (default: node 1's)");
    command->add_option("--engine", of->engine, "the cometbft program (default: beside this program)")
        ->check(CLI::ExistingFile);
    add_form(*command, of->form);
    command->callback([of, &action] { action = [of] { return init_network(*of); }; });
}

} // namespace

void add_network_commands(CLI::App& app, Action& action) {
    auto* const network = app.add_subcommand(
        "network", "Several nodes that keep one ledger: make them, run them, look at them");
    network->require_subcommand(1);
    add_init(*network, action);
    auto const of = std::make_shared<NetworkCommand>();
    auto* const up = network->add_subcommand("up", "Run every node of a directory until SIGTERM");
    up->add_option("directory", of->directory, "as given to init")->required();
    up->callback([of, &action] { action = [of] { return run_network(*of); }; });
    auto* const status = network->add_subcommand("status", "What every node says of its ledger");
    status->add_option("directory", of->directory, "as given to init")->required();
    add_form(*status, of->form);
    status->add_flag_callback(
        "--watch", [of] { of->view = NetworkView::watched; }, "again every second, until Ctrl-C");
    status->callback([of, &action] { action = [of] { return show_network_status(*of); }; });
}

} // namespace bulla::cli
