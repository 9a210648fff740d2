// Executes submissions and makes blocks of them. One thread at a time owns a BlockMaker.
//
// A block is open while entries are added, pending once closed, until its owner says what became of it. While
// one block is pending the next one can be open: it builds on the pending block's rows before they are
// durable, and falls with it. Rows come from the newest of the open block, the pending block and the store.
#pragma once

#include "merkle/tile_writer.hpp"
#include "sequencer/check_memory.hpp"
#include "sequencer/sequencer.hpp"

namespace bulla::sequencer {

// The end of a ledger, and all that the next block builds on.
struct Tip {
    ledger::ChainHead chain;
    merkle::TileWriter tiles;
    HeadPointer head; // without checkpoint until its block is durable
};

// An executed and closed block, not yet durable.
struct MadeBlock {
    store::BlockBatch batch;
    Tip after;
};
using MadeBlockPointer = std::shared_ptr<MadeBlock const>;

class BlockMaker {
public:
    // The ledger outlives the maker; `durable` is its end.
    BlockMaker(store::LedgerDatabase& ledger, Tip durable);

    // Adds an entry to the open block, or says why not; a refused entry changes nothing. The first entry
    // opens the block at the later of `now` and the last block's time. The receipt is still without head. A
    // fault is the store's, while reading rows.
    using Outcome = Result<Receipt, ledger::Rejection>;
    store::Stored<Outcome> execute(Submission submission, base::Timestamp now, CheckMemory& checks);

    std::size_t entry_count() const { return open_ ? open_->builder.entry_count() : 0; } // of the open block
    std::size_t byte_count() const { return open_ ? open_->byte_count : 0; } // of its entries

    // Does a part of close() ahead. Worth while when there is nothing else to do.
    void hash_changes();

    // The open block, which must have an entry. No block may be pending. `engine`: what the engine's block
    // leaves beside it.
    MadeBlockPointer close(std::optional<store::EngineStep> engine = std::nullopt);

    bool has_pending() const { return pending_.has_value(); }
    void settle() { pending_.reset(); } // the pending block is durable
    void revert(); // it is not and never will be: it and the open block are forgotten

private:
    struct Open {
        Open(Tip const& tip, base::Timestamp time);
        ledger::BlockBuilder builder;
        store::BlockBatch batch; // its rows are what entries of this block have changed
        ledger::MapChanges map_changes; // not yet in the two maps
        merkle::CommittedMap directory;
        merkle::CommittedMap network_map;
        std::size_t byte_count = 0;
    };
    struct Pending {
        Tip before;
        MadeBlockPointer block;
    };

    store::Stored<ledger::WorkingSet> load_working_set(ledger::ReadSet const& keys) const;
    store::Stored<std::optional<base::ByteBuffer>> load_network_row(ledger::NetworkRowName const& name) const;
    void add(Submission submission, ledger::LeafHash const& leaf_hash, ledger::ChangeSet const& changes);
    store::Stored<std::optional<store::SideRow>> load_side_row(ledger::Label const& label) const;
    store::Stored<void> settle_side_rows(Submission& submission, ledger::ChangeSet const& changes) const;
    void check_believed_hashes() const;
    store::Stored<Outcome> execute_in_open(Submission submission, CheckMemory& checks);

    store::LedgerDatabase& ledger_;
    Tip tip_; // after the pending block, if there is one
    std::optional<Pending> pending_;
    std::optional<Open> open_;
};

} // namespace bulla::sequencer
