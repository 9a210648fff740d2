// Tokens that were checked before, by their hash: the signature is checked once, and while session and
// account are as they were then, a check costs one look-up here and one in the directory.
//
//  1. A token is here only after its signature and claims were found good.
//  2. `living` is what a check of the session found. It is kept only when no session has ended since that
//     check began, and dropped by session_ended(): so it never speaks of a session that somebody was told has
//     ended.
//
// Whoever finds a token here still compares its times, its key and its account with the present. Bounded:
// when it is full everything is forgotten, and each token costs one signature check more. Thread-safe.
#pragma once

#include "base/mutex.hpp"
#include "base/time.hpp"
#include "crypto/hash.hpp"
#include "ledger/types.hpp"
#include "merkle/hash.hpp"
#include "token/access_token.hpp"

#include <memory>
#include <unordered_map>

namespace bulla::service {

// Who asks, after a token was checked.
struct Principal {
    ledger::AccountId account;
    ledger::Label label;
    std::string username;
    token::SessionId session;
    ledger::CredentialId credential;
    std::string client;
    std::chrono::sys_seconds expires_at;
};

struct LivingSession {
    base::Timestamp ends;
    merkle::ValueHash account; // the account's row of the directory, when the session was found to live
    ledger::TreeSize size; // of the log then: the row need not be looked up in the same head again
};

struct SeenToken {
    Principal principal; // label and credential only while living
    std::chrono::sys_seconds issued_at;
    ledger::KeyId kid;
    std::optional<LivingSession> living;
};
using SeenTokenPointer = std::shared_ptr<SeenToken const>;

class SeenTokens {
public:
    explicit SeenTokens(std::size_t tokens_max) : tokens_max_(tokens_max) {}

    SeenTokenPointer find(crypto::Sha256Digest const& hash) const; // null when it was not seen

    // To be read before a session is looked up, and handed to remember() with what was found.
    using EndCount = std::uint64_t;
    EndCount ended_sessions() const;
    void remember(crypto::Sha256Digest const& hash, SeenToken seen, EndCount before);

    // After the end is in the database, before anybody is told.
    void session_ended(token::SessionId const& id);

private:
    std::size_t const tokens_max_;
    mutable base::Mutex mutex_;
    std::unordered_map<crypto::Sha256Digest, SeenTokenPointer, base::PrefixHash> seen_ GUARDED_BY(mutex_);
    std::unordered_multimap<token::SessionId, crypto::Sha256Digest, base::PrefixHash> of_session_
        GUARDED_BY(mutex_);
    EndCount ended_ GUARDED_BY(mutex_) = 0;
};

} // namespace bulla::service
