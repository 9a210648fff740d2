// A node's talk with the other nodes of its network: asks for admissions and records, answers for its own.
//
// Admissions: the nodes are asked in ascending id, one after the other, until the first one says yes; the
// rest after that, all at once. So two rivals for a name meet at the same node first, and one of them ends
// there. A quorum of admissions is enough; the other nodes are still brought the record meanwhile.
#pragma once

#include "net/worker_pool.hpp"
#include "service/admission_desk.hpp"
#include "service/fault.hpp"

#include <boost/asio/awaitable.hpp>

namespace bulla::service {

class Peers {
public:
    // All outlive the peers; so do the executors of what awaits them. `disk`: for synced writes.
    Peers(Ground const& ground, AdmissionDesk& desk, net::WorkerPool& disk)
        : ground_(ground), desk_(desk), disk_(disk) {}
    ~Peers(); // waits for questions under way, each of which ends by itself
    Peers(Peers const&) = delete;
    Peers& operator=(Peers const&) = delete;

    // As many as the list in force asks for, in ascending node id.
    boost::asio::awaitable<Served<std::vector<ledger::Admission>>> gather_admissions(
        AdmissionRequest request);

    // The row beside an account, from the first node that has the one of this state.
    boost::asio::awaitable<std::optional<store::SideRow>> find_row(ledger::Label label,
                                                                   ledger::AccountState state);

    // Where each other node's ledger ends; nothing: it was not reached. All are asked at once.
    struct PeerHead {
        ledger::NodeId node;
        std::optional<HeadAnswer> head;
    };
    boost::asio::awaitable<std::vector<PeerHead>> ask_heads();

    // The answer to another node's envelope; nothing for what is no question of a node of the list.
    boost::asio::awaitable<std::optional<base::ByteBuffer>> answer(base::ByteBuffer envelope);

private:
    using Answer = Result<ledger::Admission, AdmissionRefusal>; // refusals of nodes that were reached
    struct Gathering;
    struct Heads;
    class Count;

    // Nothing: not reached, or no answer to this question.
    boost::asio::awaitable<std::optional<base::ByteBuffer>> ask(ledger::Node node, NodePurpose purpose,
                                                                base::ByteBuffer body);
    boost::asio::awaitable<std::optional<Answer>> ask_admission(
        ledger::Node node, std::shared_ptr<AdmissionRequest const> request);
    boost::asio::awaitable<void> ask_for(std::shared_ptr<Gathering> gathering, ledger::Node node);
    void ask_rest(std::shared_ptr<Gathering> const& gathering, std::vector<ledger::Node> nodes,
                  boost::asio::any_io_executor const& executor);
    boost::asio::awaitable<void> ask_head(std::shared_ptr<Heads> heads, ledger::Node node);
    base::ByteBuffer answer_head() const;
    boost::asio::awaitable<base::ByteBuffer> answer_admission(base::ByteBuffer body);
    base::ByteBuffer answer_record(base::ByteView body) const;

    Ground const& ground_;
    AdmissionDesk& desk_;
    net::WorkerPool& disk_;
    base::Mutex mutex_;
    base::Condition ended_;
    std::size_t under_way_ GUARDED_BY(mutex_) = 0;
};

// Whether a row is the one that an account's state names, and its VRF proof the label's.
bool belongs_to(store::SideRow const& row, ledger::Label const& label, ledger::AccountState const& state);
// Whether the name in a row, if there is one, is the label's: tokens will say it.
bool is_name_of(Ground const& ground, store::SideRow const& row, ledger::Label const& label);

} // namespace bulla::service
