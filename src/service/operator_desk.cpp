#include "service/operator_desk.hpp"

#include "base/encoding.hpp"
#include "crypto/random.hpp"
#include "service/faults_of_order.hpp"
#include "service/peers.hpp"
#include "service/service_limits.hpp"
#include "service/username.hpp"

namespace bulla::service {
namespace {

constexpr std::size_t pending_operator_logins_max = 1'000;
constexpr std::size_t prefixes_max = 10'000;
constexpr BucketRules logins_of_prefix{};

} // namespace

std::optional<OperatorPrincipal> find_operator(ledger::NodesRow const& nodes,
                                               ledger::CredentialId const& person) {
    for (auto const& node : nodes.nodes) {
        auto const found = std::ranges::find(node.operators, person, &ledger::Operator::id);
        if (found != node.operators.end())
            return OperatorPrincipal{.node = node.id, .person = *found};
    }
    return std::nullopt;
}

OperatorDesk::OperatorDesk(Ground& ground, RecoveryRequests& requests)
    : ground_(ground), requests_(requests), pending_(pending_operator_logins_max, pending_login_lifetime),
      own_lists_(ground, nullptr), buckets_(prefixes_max) {}

Served<OperatorLoginOffer> OperatorDesk::begin(std::string origin, AddressPrefix const& prefix) {
    auto const head = ground_.head();
    if (origin != "cli" && std::ranges::count(head->policy->origins, origin) == 0)
        return refuse(ServiceFaultKind::malformed);
    auto const now = ground_.clock.now();
    {
        base::Lock const lock(mutex_);
        auto& bucket = buckets_.touch(prefix, {});
        if (auto const wait = bucket.wait(logins_of_prefix, now); wait > Seconds{0})
            return std::unexpected{ServiceFault{.kind = ServiceFaultKind::wait, .retry_after = wait}};
        bucket.take(logins_of_prefix);
    }
    auto const challenge = crypto::random_bytes<ledger::LoginChallenge>(ground_.randomness);
    auto const id =
        pending_.put({.challenge = challenge, .origin = std::move(origin)}, now, ground_.randomness);
    return OperatorLoginOffer{.id = id, .challenge = challenge, .head = head, .time = ground_.entry_time()};
}

bool OperatorDesk::is_expected(OperatorLoginStatement const& statement, Pending const& pending) const {
    auto const now = ground_.entry_time();
    return statement.network == ground_.network && statement.challenge == pending.challenge &&
           statement.origin == pending.origin && statement.not_after >= now &&
           statement.not_after <= now + ledger::login_validity_max;
}

// A passkey does not say whose it is: then every operator's is tried, for there are few.
std::optional<OperatorPrincipal> OperatorDesk::find_signer(OperatorLogin const& made) const {
    auto const head = ground_.head();
    auto const digest = credential::statement_digest(operator_login_domain, made.statement);
    for (auto const& node : head->nodes->nodes)
        for (auto const& person : node.operators) {
            if (made.credential && person.id != *made.credential)
                continue;
            auto const check = credential::evidence_check({person.kind, person.public_key},
                                                          head->policy->relying_party(), digest, made.parts);
            if (check && credential::check(*check))
                return OperatorPrincipal{.node = node.id, .person = person};
        }
    return std::nullopt;
}

Served<OperatorToken> OperatorDesk::finish(OperatorLogin const& made) {
    auto const pending = pending_.take(made.id, ground_.clock.now());
    auto const statement = ledger::decode<OperatorLoginStatement>(made.statement);
    bool const is_answer = pending && statement && is_expected(*statement, *pending);
    auto const who = is_answer ? find_signer(made) : std::nullopt;
    ground_.events.record(who ? Event::login_good : Event::login_refused);
    if (!who)
        return refuse(ServiceFaultKind::login_refused);
    return begin_session(*who);
}

OperatorToken OperatorDesk::begin_session(OperatorPrincipal const& who) {
    auto const secret = Secret<32>::make([&](base::ByteSpan bytes) { ground_.randomness.fill(bytes); });
    auto const now = ground_.clock.now();
    base::Lock const lock(mutex_);
    std::erase_if(sessions_, [now](auto const& each) { return each.second.ends <= now; });
    if (sessions_.size() >= operator_sessions_max)
        sessions_.erase(
            std::ranges::min_element(sessions_, {}, [](auto const& each) { return each.second.ends; }));
    sessions_.emplace(TokenHash::from(crypto::sha256(base::ByteView(secret.expose())).view()),
                      Session{.person = who.person.id, .ends = now + operator_session_lifetime});
    return {.access_token = base::to_base64url(secret.expose()),
            .lifetime = operator_session_lifetime,
            .who = who};
}

std::optional<OperatorPrincipal> OperatorDesk::check(std::string_view token) {
    auto const secret = base::parse_base64url(token);
    if (!secret)
        return std::nullopt;
    std::optional<Session> session;
    {
        base::Lock const lock(mutex_);
        auto const found = sessions_.find(TokenHash::from(crypto::sha256(base::ByteView(*secret)).view()));
        if (found != sessions_.end())
            session = found->second;
    }
    if (!session || session->ends <= ground_.clock.now())
        return std::nullopt;
    return find_operator(*ground_.head()->nodes, session->person);
}

std::optional<ledger::Label> OperatorDesk::label_of_name(std::string_view username) const {
    auto const parsed = Username::parse(username, {.scripts = ground_.head()->policy->scripts});
    return parsed ? std::optional(make_label(ground_.keys.vrf_key, parsed->text())) : std::nullopt;
}

Served<std::optional<ledger::AccountRow>> OperatorDesk::find_account(ledger::Label const& label) const {
    return map_fault(ground_.ledger.load_account(label),
                     [](store::StoreFault const& fault) { return to_service_fault(fault); });
}

namespace {

// Whom a statement of an operator names; of apply_change, which nobody signs, nobody.
std::optional<ledger::CredentialId> signer_of(ledger::DecodedEntry const& entry) {
    return std::visit(
        [](auto const& statement) -> std::optional<ledger::CredentialId> {
            if constexpr (std::is_same_v<decltype(statement.asks), ledger::OperatorPart>)
                return statement.asks.signer;
            else
                return std::nullopt;
        },
        entry.statement);
}

bool is_decision(ledger::EntryKind kind) {
    using enum ledger::EntryKind;
    return kind == propose_change || kind == approve_change || kind == object_change || kind == apply_change;
}

struct Applying {
    ledger::ApplyChange statement;
    ledger::Act act;
};
std::optional<Applying> read_apply(OperatorDesk::Change const& change) {
    if (change.kind != ledger::EntryKind::apply_change)
        return std::nullopt;
    auto statement = ledger::decode<ledger::ApplyChange>(change.statement);
    auto act = statement ? ledger::decode_act(statement->act) : std::nullopt;
    if (!act)
        return std::nullopt;
    return Applying{.statement = *std::move(statement), .act = *std::move(act)};
}

// An upgrade whose height has been reached while people voted: it would stop nodes without warning.
bool comes_too_late(Ground const& ground, ledger::Act const& act) {
    auto const* const change = std::get_if<ledger::ChangePolicy>(&act);
    if (change == nullptr || !change->policy.upgrade || ground.peers == nullptr ||
        change->policy.upgrade->height == 0 || change->policy.upgrade == ground.head()->policy->upgrade)
        return false;
    auto const height = ground.ledger.load_engine_height();
    return !height || change->policy.upgrade->height <= height->next().number();
}

} // namespace

// What operators have decided, the nodes sign.
boost::asio::awaitable<Served<std::vector<ledger::Evidence>>> OperatorDesk::gather_list_signatures(
    base::ByteBuffer statement) {
    auto wanted = ledger::decode<ledger::ApplyChange>(statement);
    if (!wanted)
        co_return refuse(ServiceFaultKind::malformed);
    if (ground_.peers != nullptr)
        co_return co_await ground_.peers->lists().gather(*std::move(wanted));
    co_return co_await own_lists_.gather(*std::move(wanted));
}

boost::asio::awaitable<Served<sequencer::Receipt>> OperatorDesk::submit(OperatorPrincipal who,
                                                                        Change change) {
    if (!is_decision(change.kind))
        co_return refuse(ServiceFaultKind::malformed);
    if (change.kind == ledger::EntryKind::apply_change && change.evidence.empty())
        change.evidence = CO_TRY(co_await gather_list_signatures(change.statement));
    ledger::Entry entry{.kind = change.kind,
                        .statement = change.statement,
                        .evidence = std::move(change.evidence),
                        .admissions = {}};
    auto const applying = read_apply(change);
    if (applying && comes_too_late(ground_, applying->act))
        co_return refuse(ServiceFaultKind::conflict);
    if (applying && std::holds_alternative<ledger::RecoverAccount>(applying->act))
        co_return co_await requests_.apply(applying->statement);
    // Its place in the account's chain is filled in when it is ordered.
    if (auto const label = applying ? ledger::label_of(applying->act) : std::nullopt)
        co_return co_await order_linked(&ground_, {.label = *label, .entry = std::move(entry), .write = {}});
    auto const bytes = ledger::encode(entry);
    auto const decoded = ledger::decode_entry(bytes);
    bool const is_own =
        decoded && (change.kind == ledger::EntryKind::apply_change || signer_of(*decoded) == who.person.id);
    if (!is_own)
        co_return refuse(ServiceFaultKind::malformed);
    auto ordered = co_await ground_.sequencer.order({.entry = bytes, .side_writes = {}});
    if (!ordered)
        co_return std::unexpected{to_service_fault(ordered.error())};
    co_return *std::move(ordered);
}

} // namespace bulla::service
