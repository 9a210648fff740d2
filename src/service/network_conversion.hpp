// A single node's ledger becomes a network's (LEDGER §9): the log goes on, nobody registers again.
//
// The old node gets the keys and addresses of a node of a network (rotate_node_key), the others come one
// after the other (add_node), each list signed by all nodes of the list before, and the policy names their
// origins: entries like any others. Every new directory holds the whole ledger with what stands beside it.
// The old directory's guard record then says that the log has moved: nothing is signed there again.
#pragma once

#include "service/network_founding.hpp"

namespace bulla::service {

struct ConversionFault {
    enum class Kind : std::uint8_t {
        founding,     // see founding
        in_use,       // a server runs on the old directory
        a_network,    // the ledger is a network's already
        moved,        // it goes on elsewhere already
        delay,        // its policy has changes wait
        no_operator,  // keys/operator is none of the node's operators
        refused,      // the ledger refuses an entry: see rejection
    };
    Kind kind = Kind::founding;
    std::optional<FoundingFault> founding = std::nullopt;
    std::optional<ledger::Rejection> rejection = std::nullopt;
};

struct Conversion {
    std::filesystem::path from; // the old data directory; nobody may run on it
    Passphrase const& passphrase; // of its keys
    std::vector<NewNode> nodes; // the first one goes on as the old one
};

// Where the engine begins.
struct Converted {
    ledger::NetworkId network;
    ledger::LeafHash start;
    base::Timestamp time;
    ledger::NodesRow nodes;
};

Result<Converted, ConversionFault> convert_to_network(Conversion const& conversion, base::Clock const& clock,
                                                      base::Randomness& randomness);

} // namespace bulla::service
