#include "service/seen_tokens.hpp"

namespace bulla::service {

SeenTokenPointer SeenTokens::find(crypto::Sha256Digest const& hash) const {
    base::Lock const lock(mutex_);
    auto const found = seen_.find(hash);
    return found == seen_.end() ? nullptr : found->second;
}

SeenTokens::EndCount SeenTokens::ended_sessions() const {
    base::Lock const lock(mutex_);
    return ended_;
}

void SeenTokens::remember(crypto::Sha256Digest const& hash, SeenToken seen, EndCount before) {
    auto pointer = std::make_shared<SeenToken>(std::move(seen));
    base::Lock const lock(mutex_);
    if (before != ended_)
        pointer->living.reset();
    if (seen_.size() >= tokens_max_ && !seen_.contains(hash)) {
        seen_.clear();
        of_session_.clear();
    }
    auto const& session = pointer->principal.session;
    if (auto const [place, is_new] = seen_.insert_or_assign(hash, pointer); is_new)
        of_session_.emplace(session, hash);
}

void SeenTokens::session_ended(token::SessionId const& id) {
    base::Lock const lock(mutex_);
    ++ended_;
    auto const [first, last] = of_session_.equal_range(id);
    for (auto row = first; row != last; ++row) {
        auto& seen = seen_.at(row->second);
        auto without = std::make_shared<SeenToken>(*seen);
        without->living.reset();
        seen = std::move(without);
    }
}

} // namespace bulla::service
