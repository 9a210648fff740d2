// bulla network init, up and status: a whole network of nodes in one directory of one machine. With machines
// named, `init` writes directories to be carried there.
//
//   DIR/node-1/bulla.toml   the node's configuration      DIR/node-1/data   its data directory
//   DIR/node-1/node.log     what it logs under `up`        … and so on to node-N
#pragma once

#include "cli/output.hpp"

#include <chrono>
#include <filesystem>

namespace bulla::cli {

inline constexpr std::size_t network_nodes_max = 64;

struct NetworkInitCommand {
    std::filesystem::path directory;
    std::filesystem::path from; // a single node's data directory that goes on as a network; empty: a new one
    std::filesystem::path passphrase_file; // of its keys
    std::size_t nodes = 4;
    std::uint16_t port = 8080; // of node 1, the others follow; 0: free ones
    std::string issuer; // empty: node 1's address
    std::filesystem::path engine; // empty: see find_engine()
    std::vector<std::string> hosts = {}; // a machine for each node; none: all on this one
    std::chrono::seconds recovery_delay{0}; // as in [network] of a single node's configuration
    std::chrono::seconds change_delay{0};
    OutputForm form = OutputForm::text;
};
ExitCode init_network(NetworkInitCommand const& command);

enum class NetworkView : std::uint8_t { once, watched };
struct NetworkCommand {
    std::filesystem::path directory;
    OutputForm form = OutputForm::text;
    NetworkView view = NetworkView::once; // of the status
};
// Runs every node as a child until SIGTERM or SIGINT.
ExitCode run_network(NetworkCommand const& command);
// Good when every node answers and no two contradict each other.
ExitCode show_network_status(NetworkCommand const& command);

} // namespace bulla::cli
