#include "cli/network_options.hpp"

#include "cli/configuration_value.hpp"
#include "cli/network_commands.hpp"
#include "cli/network_join.hpp"
#include "cli/node_commands.hpp"
#include "service/settings.hpp"

#include <CLI/CLI.hpp>

namespace bulla::cli {
namespace {

struct Text {
    std::string name;
    std::string help;
};

void add_delay(CLI::App& command, Text const& text, std::chrono::seconds& delay) {
    auto const parse = [](std::string const& words) {
        auto const parsed = parse_duration(words);
        return parsed && *parsed < ledger::change_lifetime ? parsed : std::nullopt;
    };
    command
        .add_option_function<std::string>(
            text.name,
            [parse, &delay](std::string const& words) {
                delay = std::chrono::floor<std::chrono::seconds>(parse(words).value_or(delay));
            },
            text.help)
        ->check([parse](std::string const& words) {
            return parse(words) ? std::string() : "must be a duration such as \"72h\", shorter than 30 days";
        });
}

void add_new_node(CLI::App& network, Action& action) {
    auto* const command = network.add_subcommand(
        "new-node", "Make keys and configuration of a node to come, and print its card for add-node");
    auto const of = std::make_shared<NewNodeCommand>();
    command->add_option("directory", of->directory, "where to; must be empty or not exist")->required();
    command->add_option("--host", of->host, "where the other nodes find it (default: this machine alone)");
    command->add_option("--port", of->port, "it listens here; 0: free ports (default: 8080)");
    command->add_option("--engine", of->engine, "the cometbft program (default: beside this program)")
        ->check(CLI::ExistingFile);
    command->add_option("--passphrase-file", of->passphrase_file, "encrypt its keys")
        ->envname("BULLA_KEYS_PASSPHRASE_FILE");
    command->callback([of, &action] { action = [of] { return make_new_node(*of); }; });
}

void add_new_keys(CLI::App& network, Action& action) {
    auto* const command = network.add_subcommand(
        "new-keys", "Make keys that this node is to have, and print the card for rotate-key");
    auto const of = std::make_shared<NewKeysCommand>();
    of->data = service::Settings{}.data;
    command->add_option("keys", of->names, "validator, p2p, channel, tls, cosigner")->required();
    command->add_option("--data", of->data, "the node's data directory")->envname("BULLA_SERVER_DATA");
    command->add_option("--message-address", of->message_address, "HOST:PORT where other nodes will find it");
    command->add_option("--engine-address", of->engine_address, "HOST:PORT of its engine");
    command->add_option("--passphrase-file", of->passphrase_file, "with the passphrase of its keys")
        ->envname("BULLA_KEYS_PASSPHRASE_FILE");
    command->callback([of, &action] { action = [of] { return make_new_keys(*of); }; });
}

void add_invite(CLI::App& network, Action& action) {
    auto* const command =
        network.add_subcommand("invite", "Print what a node that was added needs in order to join");
    auto const data = std::make_shared<std::filesystem::path>(service::Settings{}.data);
    command->add_option("--data", *data, "this node's data directory")->envname("BULLA_SERVER_DATA");
    command->callback([data, &action] { action = [data] { return invite_node(*data); }; });
}

void add_join(CLI::App& network, Action& action) {
    auto* const command = network.add_subcommand(
        "join", "Complete a directory of new-node, once the others have added the node");
    auto const of = std::make_shared<JoinCommand>();
    command->add_option("directory", of->directory, "as given to new-node")->required();
    command->add_option("invitation", of->invitation, "the file that invite has printed; -: standard input")
        ->required();
    command->add_option("--network", of->network, "the network's id, from who is trusted")->required();
    command->add_option("--passphrase-file", of->passphrase_file, "with the passphrase of the node's keys")
        ->envname("BULLA_KEYS_PASSPHRASE_FILE");
    command->add_option("--engine", of->engine, "the cometbft program (default: beside this program)")
        ->envname("BULLA_SERVER_ENGINE");
    command->add_flag("--all-blocks", of->all_blocks,
                      "take no snapshot: the node executes every block itself, which takes longer");
    command->callback([of, &action] { action = [of] { return join_network(*of); }; });
}

void add_init(CLI::App& network, Action& action) {
    auto* const command = network.add_subcommand(
        "init", "Write a whole network into a directory: keys, ledger and configuration of every node");
    auto const of = std::make_shared<NetworkInitCommand>();
    command->add_option("directory", of->directory, "where to; must be empty or not exist")->required();
    command->add_option("--nodes", of->nodes, "how many; four bear the loss of one (default: 4)")
        ->check(CLI::Range(std::size_t{2}, network_nodes_max));
    command->add_option("--from", of->from,
                        "a single node's data directory, stopped: its ledger goes on as the network's");
    command->add_option("--passphrase-file", of->passphrase_file, "with the passphrase of its keys")
        ->envname("BULLA_KEYS_PASSPHRASE_FILE");
    command->add_option("--host", of->hosts,
                        "a machine, once for each: directories to be carried there, all with the same ports");
    command->add_option("--port", of->port,
                        "node 1 listens here, the others follow; 0: free ports (default: 8080)");
    command->add_option("--issuer", of->issuer,
                        "URL that applications know the service by (default: node 1's)");
    command->add_option("--engine", of->engine, "the cometbft program (default: beside this program)")
        ->check(CLI::ExistingFile);
    add_delay(*command, {"--recovery-delay", "between begin and end of a recovery by code (default: 0s)"},
              of->recovery_delay);
    add_delay(*command, {"--change-delay", "between an operators' proposal and its effect (default: 0s)"},
              of->change_delay);
    add_form(*command, of->form);
    command->callback([of, &action] { action = [of] { return init_network(*of); }; });
}

} // namespace

void add_network_commands(CLI::App& app, Action& action) {
    auto* const network = app.add_subcommand(
        "network", "Several nodes that keep one ledger: make them, run them, look at them");
    network->require_subcommand(1);
    add_init(*network, action);
    add_new_node(*network, action);
    add_new_keys(*network, action);
    add_invite(*network, action);
    add_join(*network, action);
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
