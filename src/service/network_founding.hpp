// The data directories of a new network of nodes on one machine, or to be carried to several.
//
// Every directory has its node's own keys, and copies of what all nodes share until thresholds are built: log
// key, VRF key, OPRF seed, OPAQUE server key. All begin with the same block 0, whose list names every node.
#pragma once

#include "service/founding.hpp"

namespace bulla::service {

struct NewNode {
    std::filesystem::path data; // must not exist
    std::string origin; // scheme://host:port, where people find it
    std::string engine_address; // host:port, of its engine for other engines
    std::string message_address; // host:port, of the node for other nodes
};

Result<ledger::NetworkId, FoundingFault> found_network(std::vector<NewNode> const& nodes,
                                                       Settings const& settings, base::Timestamp time,
                                                       base::Randomness& randomness);

} // namespace bulla::service
