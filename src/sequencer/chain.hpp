// Chain: the unpublished head of the ledger. One thread at a time owns it.
//
// It executes submissions one after the other against the store's rows overlaid with the block's own changes, closes
// the block, commits it as one synced write, moves the guard and signs. Invariants, each checked before a signature:
//
//  1. the frontier's root equals the root of the stored tiles;
//  2. a published head's roots are those of its last block entry;
//  3. the checkpoint extends the one signed last (sequencer/guard.hpp).
#pragma once

#include "merkle/tile_writer.hpp"
#include "sequencer/check_memory.hpp"
#include "sequencer/guard.hpp"
#include "sequencer/sequencer.hpp"

namespace bulla::sequencer {

struct ChainFault {
    enum class Kind : std::uint8_t {
        store,          // see store
        guard,          // see guard
        behind_guard,   // the ledger ends before the size signed last: see sizes
        wrong_tip,      // the last block entry is not what its place says
        wrong_log_root, // tiles and frontier or block entry disagree
        wrong_directory_root,
        wrong_network_root,
    };
    Kind kind = Kind::store;
    std::optional<store::StoreFault> store = std::nullopt;
    std::optional<GuardFault> guard = std::nullopt;
    std::uint64_t ledger_size = 0;
    std::uint64_t guard_size = 0;
};

// Writes block 0 into an empty database. Nothing is signed here: open() does that.
store::Stored<void> found_chain(store::LedgerDatabase& ledger, ledger::Genesis const& genesis);

class Chain {
public:
    // The database must hold block 0 at least. Signs the present checkpoint again; the log key outlives the chain.
    static Result<Chain, ChainFault> open(store::LedgerDatabase& ledger, Guard guard,
                                          crypto::Ed25519KeyPair const& log_key);

    HeadPointer const& head() const { return head_; }

    // What became of each submission, in order: a receipt without head, or the rejection.
    using Outcome = Result<Receipt, ledger::Rejection>;
    struct Extended {
        std::vector<Outcome> outcomes;
        HeadPointer head; // the new one, or the present one when nothing was accepted
    };
    // Orders what is accepted as one block at the later of `now` and the last block's time. On a fault nothing has
    // changed in memory; whether the store has changed is the fault's matter.
    Result<Extended, ChainFault> extend(std::span<Submission const> submissions, base::Timestamp now,
                                        CheckMemory& checks);

private:
    struct Draft;
    Chain(store::LedgerDatabase& ledger, Guard guard, crypto::Ed25519KeyPair const& log_key);

    Result<void, ChainFault> load();
    Result<void, ChainFault> load_tiles(ledger::TreeSize size);
    Result<void, ChainFault> load_maps(Head& head);
    Result<std::string, ChainFault> sign(ledger::TreeSize size, merkle::LogRoot const& root);
    Result<Outcome, ChainFault> execute_one(Draft& draft, Submission const& submission, CheckMemory& checks);
    Result<ledger::WorkingSet, ChainFault> load_working_set(Draft const& draft, ledger::ReadSet const& keys) const;
    Result<HeadPointer, ChainFault> commit(Draft draft);

    store::LedgerDatabase* ledger_;
    Guard guard_;
    crypto::Ed25519KeyPair const* log_key_;
    ledger::ChainHead chain_;
    merkle::TileWriter tiles_;
    HeadPointer head_;
};

} // namespace bulla::sequencer
