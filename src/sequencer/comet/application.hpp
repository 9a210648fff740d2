// Bulla as an ABCI 2.0 application: what each call of the engine does to the ledger.
//
// One method a call; each may come on any thread. The calls of consensus take turns; CheckTx and Query read
// the newest published head and wait for nobody. docs/formats/abci.md says what is pinned.
//
//  1. Only commit() changes anything that lasts, in one synced batch: the block, the engine's height, and
//     the result of each transaction. An engine's block without entries leaves its height alone, unsynced.
//  2. finalize_block() starts from the committed state and the block alone; delivered again it gives the same
//     answer.
//  3. The app hash is the leaf hash of the last block entry, so it stands still with the ledger.
//  4. No block is made by rules that this program does not know: from the agreed height on it proposes
//     nothing, and executes nothing.
//  5. Entries, blocks, maps and checkpoints are those that the local sequencer makes from the same entries.
#pragma once

#include "sequencer/chain.hpp"
#include "sequencer/comet/call_fault.hpp"
#include "sequencer/comet/outcomes.hpp"
#include "sequencer/lacking_records.hpp"
#include "sequencer/snapshot_keeper.hpp"

#include <spdlog/logger.h>

#include <abci.pb.h>
#include <set>

namespace bulla::sequencer::comet {

// What the engines have proved to each other of a validator: two votes for one height, or its part in
// deceiving a light client.
struct Misbehaviour {
    std::optional<ledger::NodeId> node; // none: the list in force names no such key any more
    std::uint64_t height = 0; // of the engine, that the votes were for
    std::uint64_t block_height = 0; // whose block holds the evidence
};

// Outlives the application, all of it.
struct Surroundings {
    store::LedgerDatabase& ledger;
    base::Clock const& clock;
    Outcomes& outcomes;
    LackingRecords& lacking;
    std::shared_ptr<spdlog::logger> log;
    // p2p ids that are let in beside those of the list in force: of a newer list, on a node that comes to it
    // by the blocks of these peers.
    std::set<std::string, std::less<>> peers;
    // After a commit behind which the next block is made by rules that this program does not know.
    std::function<void()> on_unknown_rules = {};
    // From within finalize_block(), so perhaps more than once for one.
    std::function<void(Misbehaviour const&)> on_misbehaviour = {};
    // Where each `snapshot_every`-th height's state goes; none: nowhere.
    SnapshotKeeper* snapshots = nullptr;
    std::uint64_t snapshot_every = 0;
};

class Application {
public:
    static store::Stored<std::unique_ptr<Application>> make(Chain chain, Surroundings surroundings);

    Called<abci::AboutResponse> info(abci::AboutRequest const& request);
    Called<abci::InitChainResponse> init_chain(abci::InitChainRequest const& request);
    Called<abci::QueryResponse> query(abci::QueryRequest const& request) const;
    Called<abci::TransactionOutcome> check_tx(abci::CheckTxRequest const& request);
    Called<abci::PrepareProposalResponse> prepare_proposal(abci::PrepareProposalRequest const& request);
    Called<abci::StatusResponse> process_proposal(abci::BlockRequest const& request);
    Called<abci::FinalizeBlockResponse> finalize_block(abci::BlockRequest const& request);
    Called<abci::CommitResponse> commit();

    // A call that waits for room on the disk returns, and none waits any more.
    void end_waiting();

    HeadFeed const& heads() const { return heads_; }
    HeadFeed& heads() { return heads_; }
    CheckMemory& checks() { return checks_; }
    store::EngineHeight height() const; // of the last commit

private:
    // The engine's block that was finalized and not committed.
    struct PendingBlock {
        store::EngineStep step;
        HeaderHash header;
        MadeBlockPointer made; // none: no entry
        BlockOutcomes outcomes;
        std::vector<ledger::Label> lacking; // records that were not brought to this node
    };
    struct Execution;

    Application(Chain chain, Surroundings surroundings, store::EngineHeight height);

    bool is_next(std::int64_t height) const REQUIRES(mutex_);
    bool knows_rules() const REQUIRES(mutex_); // of the next block
    bool can_go_on() const; // likewise
    base::Timestamp block_time(abci::Timestamp const& header) const REQUIRES(mutex_);
    Called<Execution> execute(abci::BlockRequest const& request) REQUIRES(mutex_);
    Called<abci::TransactionOutcome> execute_one(BlockMaker& maker, std::string const& transaction,
                                                 base::Timestamp time, PendingBlock& pending);
    // Whether all are accepted, one after the other, in a block of this time.
    Called<bool> all_accepted(abci::BlockRequest const& request, base::Timestamp time) REQUIRES(mutex_);
    Called<void> write(PendingBlock& pending) REQUIRES(mutex_);
    void take_snapshot() const REQUIRES(mutex_); // of the block just committed, when it is time
    Called<BlockOutcomes> commit_pending(); // no_space: nothing has changed
    // The engine waits with its block, since it would never come back from a fault; the other nodes go on.
    // False: there is no room, and the end has come.
    bool await_room();
    CallFault report(store::StoreFault const& fault) const;

    Surroundings const surroundings_;
    CheckMemory checks_;
    HeadFeed heads_;

    mutable base::Mutex mutex_;
    Chain chain_ GUARDED_BY(mutex_);
    store::EngineHeight height_ GUARDED_BY(mutex_);
    bool has_begun_ GUARDED_BY(mutex_); // InitChain came, now or before
    std::optional<PendingBlock> pending_ GUARDED_BY(mutex_);

    base::Mutex room_mutex_;
    base::Condition room_changed_;
    bool has_ended_ GUARDED_BY(room_mutex_) = false;
};

} // namespace bulla::sequencer::comet
