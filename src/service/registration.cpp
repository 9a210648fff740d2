#include "service/registration.hpp"

#include "crypto/random.hpp"
#include "opaque/messages.hpp"
#include "service/faults_of_order.hpp"
#include "service/password_entry.hpp"
#include "service/password_keyset.hpp"
#include "service/refusal_of_limits.hpp"
#include "service/service_limits.hpp"

namespace bulla::service {
namespace {

UsernamePolicy username_policy(ledger::PolicyRow const& policy) {
    return {.scripts = policy.scripts};
}

bool is_taken(std::optional<ledger::AccountRow> const& account) {
    return account && account->head.status != ledger::AccountStatus::erased;
}

// What begin() gave out, and what the client made of it.
struct Given {
    ledger::Label const& label;
    ledger::Opening const& opening;
    std::optional<ledger::RecordHash> record;
};

// The blinded password, where one was sent; whether it could be read.
struct Blinded {
    std::optional<opaque::RegistrationRequest> request;
    bool is_good = true;
};
Blinded parse_blinded(std::optional<base::ByteView> const& bytes) {
    if (!bytes)
        return {};
    auto const request = opaque::RegistrationRequest::parse(*bytes);
    return {.request = request, .is_good = request.has_value()};
}

bool is_record(std::optional<base::ByteBuffer> const& record) {
    return !record || opaque::OpaqueRecord::parse(*record);
}

// The statement must be for what begin() offered. execute() checks everything again, and more.
bool answers_the_offer(ledger::Register const& statement, Given const& given, base::Timestamp time) {
    return statement.asks.label == given.label && statement.opening == ledger::hash_opening(given.opening) &&
           statement.credential.record == given.record && statement.asks.not_after <= time + entry_validity;
}

} // namespace

Registration::Registration(Ground& ground)
    : ground_(ground), pending_(pending_registrations_max, pending_registration_lifetime) {}

Served<PasswordOffer> Registration::begin(std::string_view username_text,
                                          std::optional<base::ByteView> registration_request,
                                          AddressPrefix const& prefix) {
    if (ground_.settings.registration == RegistrationMode::closed)
        return refuse(ServiceFaultKind::registration_closed);
    auto const head = ground_.head();
    auto username = Username::parse(username_text, username_policy(*head->policy));
    if (!username)
        return refuse(ServiceFaultKind::invalid_username);
    if (is_reserved(*username))
        return refuse(ServiceFaultKind::reserved_username);
    auto const blinded = parse_blinded(registration_request);
    if (!blinded.is_good)
        return refuse(ServiceFaultKind::malformed);

    auto const now = ground_.clock.now();
    auto const evaluation = ground_.keys.vrf_key.evaluate(base::as_bytes(username->text()));
    auto const label = make_label(evaluation.output());
    auto const account =
        TRY(map_fault(ground_.ledger.load_account(label),
                      [](store::StoreFault const& fault) { return to_service_fault(fault); }));
    if (is_taken(account)) // no evaluation for a taken name
        return refuse(ServiceFaultKind::username_taken);
    auto const keyset = TRY(newest_keyset(ground_));
    TRY(begin_registration(ground_, label, prefix, now));

    auto const vrf_proof = ground_.keys.vrf_key.prove(evaluation);
    auto const opening = crypto::random_bytes<ledger::Opening>(ground_.randomness);
    auto const before = account ? account->head : ledger::AccountHead{};
    auto const version = before.version.next();
    std::optional<opaque::RegistrationResponse> response;
    if (blinded.request)
        response = evaluate_password(ground_, keyset, *blinded.request, label);
    auto const id = pending_.put(
        {.username = *std::move(username), .label = label, .opening = opening, .vrf_proof = vrf_proof}, now,
        ground_.randomness);
    return PasswordOffer{.id = id,
                         .response = response,
                         .network = ground_.network,
                         .label = label,
                         .vrf_proof = vrf_proof,
                         .version = version,
                         .previous = before.head,
                         .opening = opening,
                         .account = ledger::make_account_id(ground_.network, label, version, opening),
                         .keyset = keyset.number,
                         .stretching = head->policy->stretching,
                         .time = ground_.entry_time()};
}

boost::asio::awaitable<Served<Registered>> Registration::finish(PendingId id, NewPassword made) {
    auto const now = ground_.clock.now();
    auto pending = pending_.take(id, now);
    if (!pending)
        co_return refuse(ServiceFaultKind::unknown_request);
    auto const statement = ledger::decode<ledger::Register>(made.statement);
    if (!is_record(made.opaque_record) || !statement)
        co_return refuse(ServiceFaultKind::malformed);
    auto const record_hash = store::hash_record(made.opaque_record);
    if (!answers_the_offer(*statement, {pending->label, pending->opening, record_hash}, ground_.entry_time()))
        co_return refuse(ServiceFaultKind::malformed);

    auto const version = statement->asks.version;
    PasswordEntry entry{.kind = ledger::EntryKind::register_account,
                        .statement = std::move(made.statement),
                        .evidence = std::move(made.evidence),
                        .username = std::string(pending->username.text()),
                        .write = {.label = pending->label,
                                  .row = store::SideRow{.opaque_record = std::move(made.opaque_record),
                                                        .opening = pending->opening,
                                                        .vrf_proof = pending->vrf_proof,
                                                        .username = std::string(pending->username.text())}}};
    auto submission = CO_TRY(co_await admit_entry(&ground_, std::move(entry)));
    auto ordered = co_await order_admitted(&ground_, std::move(submission));
    if (!ordered)
        co_return std::unexpected{to_service_fault(ordered.error())};
    ground_.limits.registered(pending->label);
    ground_.events.record(Event::registration_good);
    co_return Registered{
        .account = ledger::make_account_id(ground_.network, pending->label, version, pending->opening),
        .username = std::string(pending->username.text()),
        .receipt = *std::move(ordered)};
}

} // namespace bulla::service
