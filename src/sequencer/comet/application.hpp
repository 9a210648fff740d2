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
//  4. Entries, blocks, maps and checkpoints are those that the local sequencer makes from the same entries.
#pragma once

#include "sequencer/chain.hpp"
#include "sequencer/comet/call_fault.hpp"
#include "sequencer/comet/outcomes.hpp"
#include "sequencer/lacking_records.hpp"

#include <spdlog/logger.h>

#include <abci.pb.h>
#include <set>

namespace bulla::sequencer::comet {

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

    HeadFeed const& heads() const { return heads_; }
    HeadFeed& heads() { return heads_; }
    CheckMemory& checks() { return checks_; }
    store::EngineHeight height() const; // of the last commit

private:
    // The engine's block that was finalized and not committed.
    struct PendingBlock {
        store::EngineStep step;
        MadeBlockPointer made; // none: no entry
        BlockOutcomes outcomes;
        std::vector<ledger::Label> lacking; // records that were not brought to this node
    };
    struct Execution;

    Application(Chain chain, Surroundings surroundings, store::EngineHeight height);

    bool is_next(std::int64_t height) const REQUIRES(mutex_);
    base::Timestamp block_time(abci::Timestamp const& header) const REQUIRES(mutex_);
    Called<Execution> execute(abci::BlockRequest const& request) REQUIRES(mutex_);
    Called<abci::TransactionOutcome> execute_one(BlockMaker& maker, std::string const& transaction,
                                                 base::Timestamp time, PendingBlock& pending);
    // Whether all are accepted, one after the other, in a block of this time.
    Called<bool> all_accepted(abci::BlockRequest const& request, base::Timestamp time) REQUIRES(mutex_);
    Called<void> write(PendingBlock& pending) REQUIRES(mutex_);
    CallFault report(store::StoreFault const& fault) const;

    Surroundings const surroundings_;
    CheckMemory checks_;
    HeadFeed heads_;

    mutable base::Mutex mutex_;
    Chain chain_ GUARDED_BY(mutex_);
    store::EngineHeight height_ GUARDED_BY(mutex_);
    bool has_begun_ GUARDED_BY(mutex_); // InitChain came, now or before
    std::optional<PendingBlock> pending_ GUARDED_BY(mutex_);
};

} // namespace bulla::sequencer::comet
