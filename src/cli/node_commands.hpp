// `bulla network new-node|new-keys|add-node|remove-node|rotate-key`: the nodes of a running network, changed
// by the votes of operators.
//
// Who runs a node makes a card of it (service/node_card.hpp); an operator proposes it to the others.
#pragma once

#include "cli/operator_commands.hpp"

namespace bulla::cli {

struct NewNodeCommand {
    std::filesystem::path directory; // must be empty or not exist
    std::string host;                // where the other nodes find it; empty: this machine alone
    std::uint16_t port = 8080;       // 0: free ones, of this machine alone
    std::filesystem::path engine;    // empty: beside this program
    std::filesystem::path passphrase_file;
};
// Keys and configuration of a node to come. Prints its card, and leaves it in the directory.
ExitCode make_new_node(NewNodeCommand const& command);

struct NewKeysCommand {
    std::filesystem::path data;
    std::vector<std::string> names; // of key files; none: all that can be replaced
    std::string message_address;    // HOST:PORT; empty: as it is
    std::string engine_address;
    std::filesystem::path passphrase_file;
};
// Keys that a node is to have, beside those in use. Prints the card of the node as it is to be.
ExitCode make_new_keys(NewKeysCommand const& command);

enum class CardUse : std::uint8_t { add, rotate };
// `card`: a file, or "-".
ExitCode propose_card(OperatorChoice const& choice, std::filesystem::path const& card, CardUse use);

enum class Removal : std::uint8_t { refused_if_it_halts, even_if_it_halts };
// `node`: its id in base64url.
ExitCode remove_node(OperatorChoice const& choice, std::string const& node, Removal removal);

} // namespace bulla::cli
