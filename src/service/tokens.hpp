// Sessions and access tokens: one function decides whether a token may be had or kept now.
#pragma once

#include "service/fault.hpp"
#include "service/seen_tokens.hpp"
#include "service/session_exchange.hpp"
#include "service/signing_keys.hpp"
#include "token/access_token.hpp"

namespace bulla::service {

struct IssuedToken {
    std::string access_token;
    std::chrono::seconds lifetime;
    token::SessionId session;
    std::string username;
    ledger::AccountId account;
};

enum class BearerFault : std::uint8_t {
    malformed, // not a token of this issuer, or an ended session: outside one answer, "Invalid token"
    ended,
    expired,
};

// R1: whether this session of this account may get or keep a token now. Every grant and every check asks
// here.
bool may_issue(store::Session const& session, ledger::AccountRow const& account, base::Timestamp now);

class Tokens {
public:
    Tokens(Ground& ground, SigningKeys const& signing_keys);

    struct Begin {
        ledger::Label label;
        ledger::AccountRow account;
        ledger::AccountId account_id;
        ledger::CredentialId credential;
        std::string username;
        std::string client;
    };
    // A new session and its first token.
    Served<IssuedToken> begin_session(Begin const& begin);

    // Another token of the same session, when half the time of the one that was shown is over; nothing
    // before, and nothing for a session that another node began.
    std::optional<IssuedToken> renew(Principal const& principal);

    // A token's signature is checked at its first sight, its session and account are looked up when either
    // may have changed (seen_tokens.hpp). The end of its session, account or key shows at the next call.
    Result<Principal, BearerFault> check_bearer(std::string_view text);

    std::string key_set() const; // the JWK set, a view of the ledger

    // Of an account, those that this node began and that have not ended.
    Served<std::vector<SessionBrief>> sessions(ledger::AccountId const& account) const;
    struct ListedSession {
        SessionBrief session;
        ledger::NodeId node; // that began it
    };
    struct SessionList {
        std::vector<ListedSession> sessions;
        std::vector<ledger::NodeId> silent; // nodes whose sessions are not among them: they did not answer
    };
    boost::asio::awaitable<Served<SessionList>> sessions_anywhere(ledger::AccountId account) const;
    // One that this node began; false: there is none of this account.
    Served<bool> end_session(ledger::AccountId const& account, token::SessionId const& session);
    // The same wherever it began; busy when that node cannot be reached.
    boost::asio::awaitable<Served<bool>> end_session_anywhere(Principal principal, token::SessionId session);

    // On a network: the session of a token that is good but for a session that this node does not know, and
    // the node whose key signed it. Nothing for any other token, and for one that is known to have ended.
    std::optional<SessionElsewhere> find_elsewhere(std::string_view text);
    void forget_session(token::SessionId const& id) { seen_.session_ended(id); }

private:
    // A key of the ledger, until its end: by the clock, or by a block that is ahead of it.
    static ledger::SigningKeyRow const* find_row(sequencer::Head const& head, ledger::KeyId const& kid,
                                                 base::Timestamp now);
    static std::optional<crypto::Ed25519PublicKey> find_key(sequencer::Head const& head,
                                                            ledger::KeyId const& kid, base::Timestamp now);
    Result<SeenToken, BearerFault> check_first_sight(std::string_view text, sequencer::Head const& head,
                                                     base::Timestamp now) const;
    struct Living {
        store::Session session;
        ledger::AccountHead account;
    };
    struct Identified {
        token::SessionId id;
        store::Session session;
    };
    IssuedToken make_token(Identified const& of, SigningKey const& signing_key, base::Timestamp now) const;
    Result<Living, BearerFault> living_session(token::SessionId const& id, base::Timestamp now) const;
    // What the token says, with what is found of its session now; remembered.
    Result<Principal, BearerFault> look_up(crypto::Sha256Digest const& hash, SeenToken seen,
                                           sequencer::Head const& head, base::Timestamp now);

    Ground& ground_;
    SigningKeys const& signing_keys_;
    SeenTokens seen_;
};

} // namespace bulla::service
