// Another node's log becomes this one's, as it is: its entries were compared with a root that is trusted, so
// nothing is executed. The state that they make comes from a snapshot.
#pragma once

#include "merkle/tile_writer.hpp"
#include "sequencer/head.hpp"
#include "store/ledger_database.hpp"

namespace bulla::sequencer {

class LogFill {
public:
    // The ledger holds block 0 alone, and outlives this. `height`: of the engine's block after which the log
    // ends so; results of transactions are noted as of it.
    LogFill(store::LedgerDatabase& ledger, store::EngineHeight height) : ledger_(ledger), height_(height) {}

    enum class Fault : std::uint8_t {
        store,
        no_ledger, // the entries are not made of blocks, one after the other
    };
    // The next entry, from the first on. The last block is kept back for finish().
    Result<void, Fault> take(base::ByteView entry);
    // Writes the last block, and with it makes everything durable.
    Result<void, Fault> finish();

private:
    Result<void, Fault> close(ledger::BlockEntry const& block, base::ByteView bytes);
    Result<void, Fault> write_kept_back();
    store::EngineStep step_of(store::BlockBatch const& batch) const;

    store::LedgerDatabase& ledger_;
    store::EngineHeight const height_;
    merkle::TileWriter tiles_;
    std::vector<base::ByteBuffer> open_; // entries that wait for their block entry
    std::optional<store::BlockBatch> kept_back_;
    ledger::BlockHeight next_height_;
    std::uint64_t size_ = 0;
};

} // namespace bulla::sequencer
