// The data directories of a new network of nodes on one machine, or to be carried to several.
//
// Every directory has its node's own keys, and copies of what all nodes share until thresholds are built: log
// key, VRF key, OPRF seed, OPAQUE server key. All begin with the same block 0, whose list names every node.
#pragma once

#include "service/founding.hpp"
#include "service/node_card.hpp"

namespace bulla::service {

struct NewNode {
    std::filesystem::path data; // must not exist
    std::string origin; // scheme://host:port, where people find it
    std::string engine_address; // host:port, of its engine for other engines
    std::string message_address; // host:port, of the node for other nodes
};

// The directory of a node that is to join a network: its own keys and nothing else. What others need of it.
Result<NodeCard, FoundingFault> found_node(NewNode const& node, Passphrase const& passphrase,
                                           base::Randomness& randomness);

// Makes the keys of these names that the node is to have (service/keys.hpp), beside those made before and not
// in use yet, and describes the node as it will be with all of them. `directory`: its keys.
Result<NodeCard, FoundingFault> plan_rotation(ledger::ListedNode const& present,
                                              KeyDirectory const& directory,
                                              std::vector<std::string> const& names,
                                              base::Randomness& randomness);

Result<ledger::NetworkId, FoundingFault> found_network(std::vector<NewNode> const& nodes,
                                                       Settings const& settings, base::Timestamp time,
                                                       base::Randomness& randomness);

} // namespace bulla::service
