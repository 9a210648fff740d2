// What nodes of a network tell each other of sessions (DESIGN §7): a session belongs to the node that began
// it, others fetch its row when a token of it is used with them, send its end to that node, and are told of
// it.
//
// An end is told to every node until it has been heard, for as long as a token of the session may be good. A
// node that is cut off accepts such a token until then, but only as long as it holds its lease.
#pragma once

#include "service/foreign_sessions.hpp"
#include "service/node_channel.hpp"

namespace bulla::service {

// A session of another node, by a good token.
struct SessionElsewhere {
    token::SessionId id;
    ledger::NodeId node;
};

class SessionExchange {
public:
    // Called after the end of a session was heard, so that no token of it is remembered as good.
    using OnEnd = std::function<void(token::SessionId const&)>;
    // Called for the end of one of this node's sessions: whether there was one of the account.
    using EndOwn = std::function<bool(token::SessionId const&, ledger::AccountId const&)>;

    // The sessions of an account that this node began and that have not ended.
    using ListOwn = std::function<std::vector<SessionBrief>(ledger::AccountId const&)>;

    struct Calls {
        OnEnd on_end;
        EndOwn end_own;
        ListOwn list_own;
    };
    // All outlive it.
    SessionExchange(Ground const& ground, NodeChannel& channel, ForeignSessions& foreign, Calls calls)
        : ground_(ground), channel_(channel), foreign_(foreign), calls_(std::move(calls)) {}

    boost::asio::awaitable<void> fetch(SessionElsewhere wanted);
    // At the node that began it: nothing when that could not be reached.
    boost::asio::awaitable<std::optional<bool>> end_there(SessionElsewhere session,
                                                          ledger::AccountId account);

    // Another node has said that it ended this one of its sessions.
    void take_end(token::SessionId const& id);

    // One of this node's sessions has ended: everybody is to hear of it.
    void note_end(token::SessionId const& id);
    // Tells who has not heard. One call at a time.
    boost::asio::awaitable<void> tell_ends();
    bool has_ends_to_tell() const;

    base::ByteBuffer answer_fetch(base::ByteView question) const;
    base::ByteBuffer answer_end(base::ByteView question);
    base::ByteBuffer answer_list(base::ByteView question) const;
    base::ByteBuffer answer_told(base::ByteView question);

private:
    struct Telling {
        token::SessionId id;
        base::Timestamp until;
        std::vector<ledger::NodeId> heard;
    };
    boost::asio::awaitable<void> tell(ledger::Node node);
    std::vector<token::SessionId> untold(ledger::NodeId const& node) const;
    void note_heard(ledger::NodeId const& node, std::vector<token::SessionId> const& ids);
    void drop_told();

    Ground const& ground_;
    NodeChannel& channel_;
    ForeignSessions& foreign_;
    Calls calls_;
    mutable base::Mutex mutex_;
    std::vector<Telling> telling_ GUARDED_BY(mutex_);
};

} // namespace bulla::service
