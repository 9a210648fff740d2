// The local sequencer: one machine decides the order alone.
//
// Entries wait for nothing but the previous sync: a thread takes all that arrived meanwhile, executes it, and makes it
// one block, which is one synced write. Callers go on, on their own executors, once their block's head is published.
// Signatures are checked on the caller's thread first and remembered, so that the head's thread does not pay for them.
//
// A full disk refuses what is queued and the server goes on. Every other fault of store or guard ends the process: an
// answer after it would be worth nothing.
#pragma once

#include "base/time.hpp"
#include "net/thread.hpp"
#include "sequencer/chain.hpp"
#include "sequencer/limits.hpp"

#include <deque>

namespace bulla::sequencer {

class LocalSequencer final : public Sequencer {
public:
    // Ledger and clock outlive the sequencer.
    LocalSequencer(Chain chain, store::LedgerDatabase& ledger, base::Clock const& clock);
    // Refuses what is still queued (stopped) after the block in progress, and joins.
    ~LocalSequencer() override;

    boost::asio::awaitable<Result<Receipt, OrderFault>> order(Submission submission) override;
    HeadFeed const& heads() const override { return heads_; }

private:
    using Answer = Result<Receipt, OrderFault>;
    struct Waiting {
        Submission submission;
        std::move_only_function<void(Answer)> resume; // posts to the caller's executor
    };

    void check_ahead(Submission const& submission);
    bool enqueue(Waiting& waiting);
    void run(std::stop_token const& stop);
    std::vector<Waiting> take_queued(std::stop_token const& stop);
    void make_block(std::vector<Waiting> waiting);

    Chain chain_; // the head thread's alone
    store::LedgerDatabase& ledger_;
    base::Clock const& clock_;
    CheckMemory checks_;
    HeadFeed heads_;
    base::Mutex mutex_;
    base::Condition wake_;
    std::deque<Waiting> queue_ GUARDED_BY(mutex_);
    bool stopped_ GUARDED_BY(mutex_) = false;
    net::Thread thread_; // last: it ends first
};

} // namespace bulla::sequencer
