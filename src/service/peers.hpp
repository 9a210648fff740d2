// A node's talk with the other nodes of its network: asks for admissions and records, answers for its own.
//
// Admissions: the nodes are asked in ascending id, one after the other, until the first one says yes; the
// rest after that, all at once. So two rivals for a name meet at the same node first, and one of them ends
// there. A quorum of admissions is enough; the other nodes are still brought the record meanwhile.
#pragma once

#include "net/worker_pool.hpp"
#include "service/admission_desk.hpp"
#include "service/cosigning.hpp"
#include "service/fault.hpp"
#include "service/list_signing.hpp"
#include "service/peer_clocks.hpp"
#include "service/secret_exchange.hpp"
#include "service/session_exchange.hpp"

#include <boost/asio/awaitable.hpp>

namespace bulla::service {

class Peers {
public:
    // All outlive the peers; so do the executors of what awaits them. `disk`: for synced writes. `tls`: none
    // on a node that has no key for it.
    Peers(Ground const& ground, AdmissionDesk& desk, net::WorkerPool& disk, net::NodeTls const* tls)
        : ground_(ground), desk_(desk), disk_(disk), channel_(ground, tls), lists_(ground, &channel_) {}
    ~Peers(); // waits for questions under way, each of which ends by itself
    Peers(Peers const&) = delete;
    Peers& operator=(Peers const&) = delete;

    // As many as the list in force asks for, in ascending node id.
    boost::asio::awaitable<Served<std::vector<ledger::Admission>>> gather_admissions(
        AdmissionRequest request);

    // Gives back what was admitted: no entry of this statement will be ordered. Every node is told, since one
    // that was not reached may have admitted all the same; who cannot be told keeps its promise to the end.
    void withdraw(boost::asio::any_io_executor const& executor, ledger::Label const& label,
                  ledger::StatementDigest const& digest);

    // The row beside an account, from the first node that has the one of this state.
    boost::asio::awaitable<std::optional<store::SideRow>> find_row(ledger::Label label,
                                                                   ledger::AccountState state);

    // Before anything is answered.
    void exchange_cosignatures(sequencer::Finality& finality, Cosigning::ForkObserver on_fork);
    Cosigning* cosigning() { return cosigning_.get(); } // none until then
    bool holds_lease() const { return cosigning_ == nullptr || cosigning_->holds_lease(); }
    void exchange_sessions(ForeignSessions& foreign, SessionExchange::Calls calls);
    void exchange_secrets(OperatorAudit& audit);
    SecretExchange* secrets() { return secrets_.get(); } // none until then
    ListSigning& lists() { return lists_; }
    PeerClocks const& clocks() const { return clocks_; }
    SessionExchange* sessions() { return sessions_.get(); } // none until then
    // Tells the other nodes of sessions that have ended; also of those that they have not heard of before.
    void tell_session_ends(boost::asio::any_io_executor const& executor);
    // Where each other node's ledger ends; nothing: it was not reached. All are asked at once.
    struct PeerHead {
        ledger::NodeId node;
        std::optional<HeadAnswer> head;
    };
    boost::asio::awaitable<std::vector<PeerHead>> ask_heads();
    // The sessions of an account that each other node began; nothing: it did not answer in time.
    struct PeerSessions {
        ledger::NodeId node;
        std::optional<std::vector<SessionBrief>> sessions;
    };
    boost::asio::awaitable<std::vector<PeerSessions>> ask_sessions(ledger::AccountId account);
    // Ends a session of which nobody here knows who began it: whether there was one of the account. Nothing:
    // no node has had it, and one was not reached.
    boost::asio::awaitable<std::optional<bool>> end_session_elsewhere(token::SessionId id,
                                                                      ledger::AccountId account);

    // The answer to another node's envelope; nothing for what is no question of a node of the list.
    boost::asio::awaitable<std::optional<base::ByteBuffer>> answer(base::ByteBuffer envelope);

private:
    using Answer = Result<ledger::Admission, AdmissionRefusal>; // refusals of nodes that were reached
    struct Gathering;
    struct Asking;
    class Count;
    struct PeerAnswer {
        ledger::NodeId node;
        std::optional<base::ByteBuffer> body; // nothing: it was not reached, or not in time
    };

    boost::asio::awaitable<std::optional<Answer>> ask_admission(
        ledger::Node node, std::shared_ptr<AdmissionRequest const> request);
    boost::asio::awaitable<void> ask_for(std::shared_ptr<Gathering> gathering, ledger::Node node);
    void ask_rest(std::shared_ptr<Gathering> const& gathering, std::vector<ledger::Node> nodes,
                  boost::asio::any_io_executor const& executor);
    boost::asio::awaitable<Served<std::vector<ledger::Admission>>> gather(
        std::shared_ptr<Gathering> gathering);
    boost::asio::awaitable<base::ByteBuffer> answer_admission(base::ByteBuffer body, ledger::NodeId asker);
    boost::asio::awaitable<void> withdraw_at(ledger::Node node, Withdrawal withdrawal);
    boost::asio::awaitable<base::ByteBuffer> answer_withdrawal(base::ByteBuffer body, ledger::NodeId asker);
    boost::asio::awaitable<void> ask_one(std::shared_ptr<Asking> asking, ledger::Node node);
    // One question to every other node, all at once; in ascending node id.
    boost::asio::awaitable<std::vector<PeerAnswer>> ask_all(NodePurpose purpose, base::ByteBuffer body,
                                                            std::chrono::milliseconds time_max);
    base::ByteBuffer answer_head() const;
    boost::asio::awaitable<base::ByteBuffer> answer_shared_keys(ledger::NodeId asker);
    base::ByteBuffer answer_record(base::ByteView body) const;
    boost::asio::awaitable<void> tell_ends();
    bool has_more_ends();
    // Nothing for what is no question.
    boost::asio::awaitable<std::optional<base::ByteBuffer>> answer_body(NodeMessage question);

    Ground const& ground_;
    AdmissionDesk& desk_;
    net::WorkerPool& disk_;
    NodeChannel channel_;
    ListSigning lists_;
    std::unique_ptr<Cosigning> cosigning_;
    std::unique_ptr<SessionExchange> sessions_;
    std::unique_ptr<SecretExchange> secrets_;
    base::Mutex mutex_;
    base::Condition ended_;
    std::size_t under_way_ GUARDED_BY(mutex_) = 0;
    bool is_telling_ GUARDED_BY(mutex_) = false; // session ends, one round at a time
    bool tell_again_ GUARDED_BY(mutex_) = false;
    PeerClocks clocks_;
};

// Whether a row is the one that an account's state names, and its VRF proof the label's.
bool belongs_to(store::SideRow const& row, ledger::Label const& label, ledger::AccountState const& state);
// Whether the name in a row, if there is one, is the label's: tokens will say it.
bool is_name_of(Ground const& ground, store::SideRow const& row, ledger::Label const& label);

} // namespace bulla::service
