#include "service/foreign_sessions.hpp"

namespace bulla::service {

std::optional<ForeignSession> ForeignSessions::find(token::SessionId const& id) const {
    base::Lock const lock(mutex_);
    auto const found = rows_.find(id);
    return found == rows_.end() ? std::nullopt : std::optional(found->second);
}

void ForeignSessions::put(token::SessionId const& id, ForeignSession const& session, base::Timestamp now) {
    base::Lock const lock(mutex_);
    auto const ended = ended_.find(id);
    if (ended != ended_.end() && now < ended->second)
        return;
    drop_old(now);
    rows_.insert_or_assign(id, session);
}

void ForeignSessions::end(token::SessionId const& id, base::Timestamp now) {
    base::Lock const lock(mutex_);
    drop_old(now);
    rows_.erase(id);
    ended_.insert_or_assign(id, now + lifetime_);
}

bool ForeignSessions::has_ended(token::SessionId const& id, base::Timestamp now) const {
    base::Lock const lock(mutex_);
    auto const found = ended_.find(id);
    return found != ended_.end() && now < found->second;
}

// Forgetting a row, or an end, costs a question and lets nobody in.
void ForeignSessions::drop_old(base::Timestamp now) {
    if (rows_.size() >= rows_max)
        std::erase_if(rows_, [&](auto const& row) { return row.second.session.ends <= now; });
    if (rows_.size() >= rows_max)
        rows_.clear();
    if (ended_.size() >= rows_max)
        std::erase_if(ended_, [&](auto const& end) { return end.second <= now; });
    if (ended_.size() >= rows_max)
        ended_.clear();
}

} // namespace bulla::service
