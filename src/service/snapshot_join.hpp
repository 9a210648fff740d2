// A node that joins takes the state from a snapshot and the log beside it, instead of executing every block.
//
// Trusted is what more nodes say than may lie: the hash of one header of the engine. The engine's light
// client proves the next header from it, that one names the last block entry, and this one commits to the
// state by its maps' roots and to the log by the log's root; every chunk and every bundle is compared before
// it is written. So a node that gives anything else is passed over, and the next one asked.
#pragma once

#include "sequencer/snapshot.hpp"
#include "service/joining.hpp"

namespace bulla::service {

struct JoinedSnapshot {
    sequencer::SnapshotOffer offer;
    // What each node that answered says of the engine's blocks at the offer's height and the two after it, as
    // a JSON list: what `cometbft bootstrap` verifies. Tried one after the other.
    struct Blocks {
        ledger::NodeId from;
        std::string text;
    };
    std::vector<Blocks> blocks;
};

// Into a ledger that holds block 0 alone. Nothing: there is no snapshot that enough nodes offer. After a
// fault the ledger is of no use.
boost::asio::awaitable<Result<std::optional<JoinedSnapshot>, JoinFault>> take_snapshot(
    Joiner const* joiner, store::LedgerDatabase* ledger);

} // namespace bulla::service
