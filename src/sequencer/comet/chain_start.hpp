// What a network's engine starts from: the chain id and `app_state` of its genesis.json
// (docs/formats/abci.md).
//
//   chain id    "bulla-" ‖ hex of the first 20 bytes of the start
//   app_state   {"start":"hex of the start"}; spaces do not count, other members are refused
//
// The start is the leaf hash of the last block entry when the engine begins: block 0's for a network made
// new, a later one for a ledger that goes on as a network's.
#pragma once

#include "ledger/types.hpp"

namespace bulla::sequencer::comet {

std::string make_chain_id(ledger::LeafHash const& start);
std::string make_app_state(ledger::LeafHash const& start);
std::optional<ledger::LeafHash> parse_app_state(std::string_view json);

} // namespace bulla::sequencer::comet
