// A node's exchange of cosignatures with the others: it tells them of each head that it has cosigned, and
// takes theirs (sequencer/finality.hpp). How fresh the others' word is, is the node's lease: DESIGN §7.
#pragma once

#include "net/stopwatch.hpp"
#include "sequencer/finality.hpp"
#include "service/node_channel.hpp"

#include <functional>

namespace bulla::service {

class Cosigning {
public:
    // What is to be told to the operator: a node that signed another history, and what proves it, if that
    // alone does.
    struct Fork {
        ledger::NodeId node;
        std::string kept; // its cosigned checkpoint of this log; empty: none of that size is kept
        std::string opposing; // the one that is not of this log
    };
    using ForkObserver = std::move_only_function<void(Fork const&)>;

    // All outlive it, and so do the executors that it is given.
    Cosigning(Ground const& ground, NodeChannel& channel, sequencer::Finality& finality, ForkObserver on_fork)
        : ground_(ground), channel_(channel), finality_(finality), on_fork_(std::move(on_fork)) {}
    ~Cosigning(); // waits for questions under way, each of which ends by itself
    Cosigning(Cosigning const&) = delete;
    Cosigning& operator=(Cosigning const&) = delete;

    // Cosigns the newest head and tells every other node. A node that is still being asked is asked again.
    void tell(boost::asio::any_io_executor const& executor);

    // To another node's question.
    base::ByteBuffer answer(ledger::NodeId const& from, base::ByteView question);

    // Whether more than two thirds of the nodes, this one among them, have agreed in the last lease_max that
    // nothing is committed beyond what this node has. So what became final longer ago is known here.
    static constexpr std::chrono::seconds lease_max{15};
    bool holds_lease() const { return has_lease_until_.load(std::memory_order_relaxed) > now(); }

    sequencer::Finality const& finality() const { return finality_; }

private:
    // Since this node began, by a clock that is never set.
    using Moment = std::chrono::nanoseconds;
    struct PeerState {
        bool is_asked = false; // a question is under way
        bool again = false; // and there is more to tell
        std::optional<Moment> agreed; // before the last question that it answered in agreement was sent
    };

    Moment now() const { return running_.elapsed(); }
    void renew_lease() REQUIRES(mutex_);

    boost::asio::awaitable<void> ask(ledger::NodeId id);
    boost::asio::awaitable<void> ask_once(ledger::NodeId id);
    void take_answer(ledger::NodeId const& from, base::ByteView body, Moment asked);
    sequencer::CosignatureVerdict take(ledger::NodeId const& from, CosignatureWord const& word);
    bool has_more_to_tell(ledger::NodeId const& id);

    Ground const& ground_;
    NodeChannel& channel_;
    sequencer::Finality& finality_;
    net::Stopwatch const running_;
    std::atomic<Moment> has_lease_until_{Moment::zero()};
    base::Mutex mutex_;
    base::Condition ended_;
    ForkObserver on_fork_ GUARDED_BY(mutex_);
    std::map<ledger::NodeId, PeerState> peers_ GUARDED_BY(mutex_);
    std::size_t under_way_ GUARDED_BY(mutex_) = 0;
};

} // namespace bulla::service
