// What the engine is told of its validators when a block has changed the node list.
//
// Every node has the power 1, so that more than two thirds of the nodes and of the power are one thing. A
// change takes effect two blocks later (CometBFT: H+2). Equal on all nodes: it follows from the two lists.
#pragma once

#include "ledger/network_rows.hpp"

#include <abci.pb.h>
#include <vector>

namespace bulla::sequencer::comet {

inline constexpr std::int64_t validator_power = 1;

// In ascending key: power 0 for a key that the list names no more, validator_power for one that is new.
// Nothing when no key would be left: an engine without validators ends.
std::vector<abci::ValidatorUpdate> validator_updates(ledger::NodesRow const& before,
                                                     ledger::NodesRow const& after);

// The node whose validator key has this address, by which engines name it: the first 20 bytes of the key's
// SHA-256 (CometBFT's specification, core/data_structures).
std::optional<ledger::NodeId> find_validator(ledger::NodesRow const& nodes, base::ByteView address);

} // namespace bulla::sequencer::comet
