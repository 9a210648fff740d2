// Where the engines of a network begin, as the ledger has it: what their genesis.json is made of. So nobody
// has to be believed about that file; a node that joins makes it from the log that it has checked.
#pragma once

#include "ledger/node_list.hpp"
#include "store/ledger_database.hpp"

#include <optional>

namespace bulla::service {

struct EngineStart {
    base::Timestamp time;
    ledger::LeafHash start; // the block entry that the engines begin at
    ledger::NodeList list;  // in force after it: the nodes whose votes count then
};

// `size`: of the log with that block entry, 2 for a network that was made as one. Nothing: no block entry
// stands there, or a node has no validator key yet, so no engine began there. Reads the entries up to it;
// their signatures are not checked here.
store::Stored<std::optional<EngineStart>> load_engine_start(store::LedgerDatabase& ledger,
                                                            std::uint64_t size);

} // namespace bulla::service
