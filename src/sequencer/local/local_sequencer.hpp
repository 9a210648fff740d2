// The local sequencer: one machine decides the order alone.
//
// Entries wait for nothing but the previous sync. Three threads share the work, each with its own part of the
// state:
//
//   the caller's   checks an entry's signatures and remembers them, so that no other thread pays for them
//
//   head           executes what is queued into the open block; hands the block over as soon as nothing is
//                  being committed
//
//   commit         makes the block durable in one synced write, moves the guard, signs, publishes, answers
//
// So one block is executed while the one before is synced, and whatever arrives during a sync goes into one
// block. Head and commit are patient (net/thread.hpp): while all cores are busy with callers, more entries
// share a block, whose cost is that of four of them; a lone caller waits for nothing. An answer is given when
// all that it rests on is durable: a refusal too, as it may come from an entry not yet synced.
//
// A full disk refuses the block being written and the one built on it, and the server goes on. Every other
// fault of store or guard ends the process: an answer after it would be worth nothing.
#pragma once

#include "base/time.hpp"
#include "net/pulse.hpp"
#include "net/thread.hpp"
#include "sequencer/chain.hpp"
#include "sequencer/limits.hpp"

#include <deque>

namespace bulla::sequencer {

class LocalSequencer final : public Sequencer {
public:
    // Ledger and clock outlive the sequencer; so do the executors of the coroutines that await order().
    LocalSequencer(Chain chain, store::LedgerDatabase& ledger, base::Clock const& clock);
    // Ends the commit in progress; what is not handed over by then is refused (stopped).
    ~LocalSequencer() override;

    boost::asio::awaitable<Result<Receipt, OrderFault>> order(Submission submission) override;
    bool accepts_entries() override;
    HeadFeed const& heads() const override { return heads_; }

    std::size_t waiting() override; // entries in the queue
    CommitTimes const& times() const override { return *times_; }
    // Asks both threads to answer: one that does not waits for the disk too long, or for ever.
    std::vector<std::string> silent_threads() override;

private:
    using Answer = Result<Receipt, OrderFault>;
    using Resume = std::move_only_function<void(Answer)>; // posts to the caller's executor
    struct Waiting {
        Submission submission;
        Resume resume;
    };
    struct Executed {
        Resume resume;
        BlockMaker::Outcome outcome;
    };
    struct HandedOver {
        MadeBlockPointer block;
        std::vector<Executed> executed;
    };
    enum class CommitState : std::uint8_t { idle, busy, no_space };
    struct Wave {
        CommitState commit;
        std::vector<Waiting> waiting;
    };

    void check_ahead(Submission const& submission);
    bool is_full();
    std::optional<OrderFaultKind> enqueue(Waiting& waiting);

    void make_blocks(std::stop_token const& stop);
    std::optional<Wave> next_wave(std::stop_token const& stop);
    void execute(std::vector<Waiting> waiting);
    void hand_over();
    CommitState commit_state();

    void commit_blocks(std::stop_token const& stop);
    std::optional<HandedOver> next_handed_over(std::stop_token const& stop);
    void commit(HandedOver handed_over);
    static Answer answer(BlockMaker::Outcome outcome, HeadPointer const& head);

    store::LedgerDatabase& ledger_;
    base::Clock const& clock_;
    CheckMemory checks_;
    HeadFeed heads_;

    BlockMaker maker_; // the head thread's alone
    std::vector<Executed> executed_; // likewise: what waits for the open block
    Chain chain_; // the commit thread's alone
    std::shared_ptr<CommitTimes const> times_;
    net::Pulse head_pulse_;
    net::Pulse commit_pulse_;

    base::Mutex mutex_;
    base::Condition wake_head_;
    base::Condition wake_commit_;
    std::deque<Waiting> queue_ GUARDED_BY(mutex_);
    bool stopped_ GUARDED_BY(mutex_) = false;
    CommitState commit_state_ GUARDED_BY(mutex_) = CommitState::idle;
    std::optional<HandedOver> handed_over_ GUARDED_BY(mutex_);

    net::Thread commit_thread_; // last: they end first, the head thread before the commit thread
    net::Thread head_thread_;
};

} // namespace bulla::sequencer
