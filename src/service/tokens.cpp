#include "service/tokens.hpp"

#include "crypto/random.hpp"
#include "service/faults_of_order.hpp"
#include "service/peers.hpp"
#include "service/service_limits.hpp"

#include <boost/asio/this_coro.hpp>

namespace bulla::service {
namespace {

std::chrono::sys_seconds seconds_of(base::Timestamp time) {
    return std::chrono::floor<std::chrono::seconds>(time);
}

BearerFault to_bearer_fault(token::TokenFault fault) {
    return fault == token::TokenFault::expired ? BearerFault::expired : BearerFault::malformed;
}

// Whether may_issue() would answer as it did: its other inputs are the session's row, which never changes,
// and the account's, which the directory commits to.
bool is_unchanged(SeenToken const& seen, sequencer::Head const& head, base::Timestamp now) {
    auto const& living = *seen.living;
    return now < living.ends &&
           (head.size == living.size ||
            head.directory.find(merkle::map_key(seen.principal.label)) == living.account);
}

} // namespace

bool may_issue(store::Session const& session, ledger::AccountRow const& account, base::Timestamp now) {
    if (now >= session.ends || account.head.status != ledger::AccountStatus::active || !account.state)
        return false;
    auto const& state = *account.state;
    return state.registered == session.registered && state.epoch == session.epoch &&
           state.find(session.credential) != nullptr;
}

Tokens::Tokens(Ground& ground, SigningKeys const& signing_keys)
    : ground_(ground), signing_keys_(signing_keys), seen_(seen_tokens_max) {}

ledger::SigningKeyRow const* Tokens::find_row(sequencer::Head const& head, ledger::KeyId const& kid,
                                              base::Timestamp now) {
    auto const found = head.signing_keys->find(kid);
    if (found == head.signing_keys->end())
        return nullptr;
    auto const& row = found->second;
    auto const time = std::max(now, head.block.time);
    if ((row.ends && *row.ends <= time) || row.algorithm != ledger::SigningAlgorithm::eddsa)
        return nullptr;
    return &row;
}

std::optional<crypto::Ed25519PublicKey> Tokens::find_key(sequencer::Head const& head,
                                                         ledger::KeyId const& kid, base::Timestamp now) {
    auto const* const row = find_row(head, kid, now);
    return row != nullptr ? crypto::Ed25519PublicKey::parse(row->public_key) : std::nullopt;
}

std::string Tokens::key_set() const {
    auto const now = ground_.clock.now();
    auto const head = ground_.head();
    token::JwkSet set;
    for (auto const& [kid, row] : *head->signing_keys)
        if (auto const key = find_key(*head, kid, now))
            set.add(*key);
    return set.print();
}

Served<IssuedToken> Tokens::begin_session(Begin const& begin) {
    auto const now = ground_.clock.now();
    auto const signing_key = signing_keys_.in_force();
    if (!signing_key) // a stolen key has just ended, and the next one is on its way
        return std::unexpected{
            ServiceFault{.kind = ServiceFaultKind::busy, .retry_after = std::chrono::seconds{1}}};
    CHECK(begin.account.state.has_value());
    store::Session const session{.account = begin.account_id,
                                 .label = begin.label,
                                 .registered = begin.account.state->registered,
                                 .credential = begin.credential,
                                 .epoch = begin.account.state->epoch,
                                 .began = now,
                                 .ends = now + ground_.settings.session_lifetime,
                                 .username = begin.username,
                                 .client = begin.client};
    if (!may_issue(session, begin.account, now))
        return refuse(ServiceFaultKind::login_refused);
    auto const id = crypto::random_bytes<token::SessionId>(ground_.randomness);
    TRY(map_fault(ground_.live.store_session(id, session),
                  [](store::StoreFault const& fault) { return to_service_fault(fault); }));
    return make_token({.id = id, .session = session}, *signing_key, now);
}

IssuedToken Tokens::make_token(Identified const& of, SigningKey const& signing_key,
                               base::Timestamp now) const {
    auto const issued_at = seconds_of(now);
    auto const& session = of.session;
    token::AccessToken const access_token{.issuer = ground_.settings.issuer,
                                          .subject = token::Subject::from(session.account),
                                          .audience = ground_.settings.issuer,
                                          .client_id = session.client,
                                          .issued_at = issued_at,
                                          .expires_at = issued_at + ground_.settings.token_lifetime,
                                          .token_id =
                                              crypto::random_bytes<token::TokenId>(ground_.randomness),
                                          .session_id = of.id,
                                          .username = session.username,
                                          .auth_time = seconds_of(session.began)};
    return IssuedToken{.access_token =
                           token::make_access_token(access_token, signing_key.kid, signing_key.key),
                       .lifetime = ground_.settings.token_lifetime,
                       .session = of.id,
                       .username = session.username,
                       .account = session.account};
}

std::optional<IssuedToken> Tokens::renew(Principal const& principal) {
    auto const now = ground_.clock.now();
    if (principal.expires_at - now > ground_.settings.token_lifetime / 2)
        return std::nullopt;
    auto session = ground_.live.load_session(principal.session);
    auto const signing_key = signing_keys_.in_force();
    if (!session || !*session || !signing_key || !living_session(principal.session, now))
        return std::nullopt;
    return make_token({.id = principal.session, .session = **std::move(session)}, *signing_key, now);
}

// --- checking
// ---------------------------------------------------------------------------------------------------

Result<Tokens::Living, BearerFault> Tokens::living_session(token::SessionId const& id,
                                                           base::Timestamp now) const {
    auto session = ground_.live.load_session(id);
    if (session && !*session && ground_.foreign != nullptr)
        if (auto foreign = ground_.foreign->find(id))
            *session = std::move(foreign->session);
    if (!session || !*session)
        return std::unexpected{BearerFault::ended};
    auto const account = ground_.ledger.load_account((*session)->label);
    if (!account || !*account || !may_issue(**session, **account, now))
        return std::unexpected{BearerFault::ended};
    return Living{.session = **std::move(session), .account = (*account)->head};
}

Result<SeenToken, BearerFault> Tokens::check_first_sight(std::string_view text, sequencer::Head const& head,
                                                         base::Timestamp now) const {
    std::optional<ledger::KeyId> kid;
    auto const find = [&](ledger::KeyId const& id) {
        kid = id;
        return find_key(head, id, now);
    };
    token::Expected const expected{
        .issuer = ground_.settings.issuer, .audience = ground_.settings.issuer, .now = now};
    auto const checked = token::check_access_token(text, expected, find);
    if (!checked)
        return std::unexpected{to_bearer_fault(checked.error())};
    if (!checked->session_id || !checked->username || checked->confirmation_key || !kid)
        return std::unexpected{BearerFault::malformed};
    return SeenToken{.principal = {.account = ledger::AccountId::from(checked->subject),
                                   .label = {},
                                   .username = *checked->username,
                                   .session = *checked->session_id,
                                   .credential = {},
                                   .client = checked->client_id,
                                   .expires_at = checked->expires_at},
                     .issued_at = checked->issued_at,
                     .kid = *kid,
                     .living = std::nullopt};
}

Result<Principal, BearerFault> Tokens::look_up(crypto::Sha256Digest const& hash, SeenToken seen,
                                               sequencer::Head const& head, base::Timestamp now) {
    auto const before = seen_.ended_sessions();
    seen.living.reset();
    auto const living = living_session(seen.principal.session, now);
    if (!living || living->session.account != seen.principal.account) {
        seen_.remember(hash, std::move(seen), before);
        return std::unexpected{living ? BearerFault::malformed : living.error()};
    }
    seen.principal.label = living->session.label;
    seen.principal.credential = living->session.credential;
    auto principal = seen.principal;
    auto const account = merkle::hash_value(living->account.encode());
    // A row of a block that is stored and not yet published: the next check looks again.
    if (head.directory.find(merkle::map_key(principal.label)) == account)
        seen.living = {.ends = living->session.ends, .account = account, .size = head.size};
    seen_.remember(hash, std::move(seen), before);
    return principal;
}

Result<Principal, BearerFault> Tokens::check_bearer(std::string_view text) {
    auto const now = ground_.clock.now();
    auto const head = ground_.head();
    auto const hash = crypto::sha256(base::as_bytes(text));
    auto const seen = seen_.find(hash);
    if (!seen)
        return look_up(hash, TRY(check_first_sight(text, *head, now)), *head, now);
    if (now >= seen->principal.expires_at)
        return std::unexpected{BearerFault::expired};
    if (now < seen->issued_at || find_row(*head, seen->kid, now) == nullptr)
        return std::unexpected{BearerFault::malformed};
    if (seen->living && is_unchanged(*seen, *head, now))
        return seen->principal;
    return look_up(hash, *seen, *head, now);
}

std::optional<SessionElsewhere> Tokens::find_elsewhere(std::string_view text) {
    if (ground_.foreign == nullptr || check_bearer(text))
        return std::nullopt;
    auto const seen = seen_.find(crypto::sha256(base::as_bytes(text))); // only what is signed well is there
    auto const now = ground_.clock.now();
    if (!seen || now >= seen->principal.expires_at || ground_.foreign->find(seen->principal.session) ||
        ground_.foreign->has_ended(seen->principal.session, now))
        return std::nullopt;
    auto const head = ground_.head();
    auto const* const row = find_row(*head, seen->kid, now);
    if (row == nullptr || row->node == ground_.node)
        return std::nullopt;
    return SessionElsewhere{.id = seen->principal.session, .node = row->node};
}

// --- sessions
// ---------------------------------------------------------------------------------------------------

Served<std::vector<SessionBrief>> Tokens::sessions(ledger::AccountId const& account) const {
    auto const now = ground_.clock.now();
    auto const rows = TRY(map_fault(ground_.live.sessions_of(account),
                                    [](store::StoreFault const& fault) { return to_service_fault(fault); }));
    std::vector<SessionBrief> sessions;
    for (auto const& [id, session] : rows)
        if (living_session(id, now))
            sessions.push_back(
                {.id = id, .client = session.client, .began = session.began, .ends = session.ends});
    return sessions;
}

boost::asio::awaitable<Served<Tokens::SessionList>> Tokens::sessions_anywhere(
    ledger::AccountId account) const {
    SessionList list;
    auto const add = [&list](std::vector<SessionBrief> sessions, ledger::NodeId const& node) {
        for (auto& session : sessions)
            list.sessions.push_back({.session = std::move(session), .node = node});
    };
    add(CO_TRY(sessions(account)), ground_.node);
    if (ground_.peers == nullptr)
        co_return list;
    for (auto& [node, sessions] : co_await ground_.peers->ask_sessions(account))
        if (sessions)
            add(*std::move(sessions), node);
        else
            list.silent.push_back(node);
    co_return list;
}

Served<bool> Tokens::end_session(ledger::AccountId const& account, token::SessionId const& id) {
    auto const to_fault = [](store::StoreFault const& fault) { return to_service_fault(fault); };
    auto const session = TRY(map_fault(ground_.live.load_session(id), to_fault));
    if (!session || session->account != account)
        return false;
    auto ended = map_fault(ground_.live.end_session(id), to_fault);
    seen_.session_ended(id); // also after a fault: the row may be gone
    if (ended && *ended)
        ground_.events.record(Event::session_ended);
    if (ended && *ended && ground_.sessions != nullptr)
        ground_.sessions->note_end(id);
    return ended;
}

boost::asio::awaitable<Served<bool>> Tokens::end_session_anywhere(Principal principal, token::SessionId id) {
    auto const foreign = ground_.foreign == nullptr ? std::nullopt : ground_.foreign->find(id);
    if (!foreign) {
        auto const ended = end_session(principal.account, id);
        if (ground_.peers == nullptr || !ended || *ended) {
            if (ground_.peers != nullptr)
                ground_.peers->tell_session_ends(co_await boost::asio::this_coro::executor);
            co_return ended;
        }
    }
    if (foreign && foreign->session.account != principal.account)
        co_return false;
    auto const ended =
        foreign ? co_await ground_.sessions->end_there({.id = id, .node = foreign->node}, principal.account)
                : co_await ground_.peers->end_session_elsewhere(id, principal.account);
    if (!ended)
        co_return std::unexpected{
            ServiceFault{.kind = ServiceFaultKind::busy, .retry_after = std::chrono::seconds{5}}};
    co_return *ended;
}

} // namespace bulla::service
