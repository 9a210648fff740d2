// `bulla network invite` at a node that runs, and `bulla network join` at one that comes.
#pragma once

#include "cli/exit_code.hpp"

#include <filesystem>
#include <string>

namespace bulla::cli {

// Prints what a node needs to find and check the network, from the ledger of this one.
ExitCode invite_node(std::filesystem::path const& data);

struct JoinCommand {
    std::filesystem::path directory; // as new-node made it
    std::filesystem::path invitation; // a file, or "-"
    std::string network; // its id in base64url: what is trusted
    std::filesystem::path passphrase_file;
};
// Fetches the shared keys from the nodes and completes the directory. The node then takes the blocks.
ExitCode join_network(JoinCommand const& command);

} // namespace bulla::cli
