// Sessions that other nodes of the network began, as this node was told of them: their rows for as long as
// somebody uses them here, and which of them have ended.
//
// In memory alone: after a restart the node that began a session is asked again, and knows its end. Bounded:
// what is forgotten is asked for again. Thread-safe.
#pragma once

#include "base/mutex.hpp"
#include "store/live_database.hpp"

#include <unordered_map>

namespace bulla::service {

struct ForeignSession {
    ledger::NodeId node; // that began it
    store::Session session;
};

class ForeignSessions {
public:
    static constexpr std::size_t rows_max = 100'000;

    // `lifetime`: of access tokens. After that no token of an ended session is good any more.
    explicit ForeignSessions(std::chrono::milliseconds lifetime) : lifetime_(lifetime) {}

    std::optional<ForeignSession> find(token::SessionId const& id) const;
    // Nothing happens when its end came first.
    void put(token::SessionId const& id, ForeignSession const& session, base::Timestamp now);
    // Also of a session that never came here, or is none: until `lifetime` has passed it is not asked for.
    void end(token::SessionId const& id, base::Timestamp now);
    bool has_ended(token::SessionId const& id, base::Timestamp now) const;

private:
    void drop_old(base::Timestamp now) REQUIRES(mutex_);

    std::chrono::milliseconds const lifetime_;
    mutable base::Mutex mutex_;
    std::unordered_map<token::SessionId, ForeignSession, base::PrefixHash> rows_ GUARDED_BY(mutex_);
    std::unordered_map<token::SessionId, base::Timestamp, base::PrefixHash> ended_
        GUARDED_BY(mutex_); // until when that matters
};

} // namespace bulla::service
