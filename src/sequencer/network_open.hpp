// The network map at a start: from its rows, compared with the root of the last block entry.
#pragma once

#include "sequencer/head.hpp"
#include "store/ledger_database.hpp"

namespace bulla::sequencer {

struct OpenedNetwork {
    std::shared_ptr<ledger::NodesRow const> nodes;
    std::shared_ptr<ledger::PolicyRow const> policy;
    std::shared_ptr<std::map<ledger::KeyId, ledger::SigningKeyRow> const> signing_keys;
    merkle::CommittedMap map;
};

// Nothing: the rows do not make the network map of this block.
store::Stored<std::optional<OpenedNetwork>> open_network(store::LedgerDatabase& ledger,
                                                         ledger::BlockEntry const& block);

} // namespace bulla::sequencer
