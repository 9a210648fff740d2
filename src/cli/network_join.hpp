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
    std::filesystem::path engine; // empty: beside this program
    bool all_blocks = false; // no snapshot: every block is executed
};
// Fetches the shared keys from the nodes and completes the directory, with the newest snapshot that enough
// nodes offer. The node then takes the blocks after it.
ExitCode join_network(JoinCommand const& command);

} // namespace bulla::cli
