#include "service/accounts.hpp"

#include "opaque/messages.hpp"
#include "service/faults_of_order.hpp"
#include "service/password_entry.hpp"
#include "service/proof.hpp"
#include "service/refusal_of_limits.hpp"
#include "service/service_limits.hpp"

namespace bulla::service {
namespace {

auto const store_fault = [](store::StoreFault const& fault) { return to_service_fault(fault); };

// The kinds a session may submit for its own account. Passwords have their own way, with an offer before.
bool is_own_change(ledger::EntryKind kind) {
    using enum ledger::EntryKind;
    return kind == add_credential || kind == revoke_credential || kind == end_sessions || kind == erase;
}

// The label in fields 1 to 5 of any account statement.
std::optional<ledger::Label> label_of(ledger::DecodedEntry const& entry) {
    return std::visit(
        [](auto const& statement) -> std::optional<ledger::Label> {
            if constexpr (requires { statement.asks.label; })
                return statement.asks.label;
            else
                return std::nullopt;
        },
        entry.statement);
}

} // namespace

Accounts::Accounts(Ground& ground)
    : ground_(ground), frames_(ground.ledger), pending_(pending_changes_max, pending_registration_lifetime) {}

Served<AccountView> Accounts::view(Principal const& principal) {
    auto const head = ground_.head();
    auto account = TRY(map_fault(ground_.ledger.load_account(principal.label), store_fault));
    if (!account || !account->state)
        return refuse(ServiceFaultKind::conflict);
    return AccountView{.username = principal.username,
                       .account = principal.account,
                       .label = principal.label,
                       .head = account->head,
                       .state = *std::move(account->state),
                       .at = head};
}

Served<std::string> Accounts::prove(ledger::Label const& label, ProofForm form) {
    auto const side_row = TRY(map_fault(ground_.ledger.load_side_row(label), store_fault));
    if (!side_row)
        return refuse(ServiceFaultKind::conflict);
    // A block may be stored and not yet published: the newest head then shows it a moment later.
    for (int tries = 0; tries < 8; ++tries) {
        auto const frame = TRY(map_fault(frames_.of(ground_.head()), store_fault));
        auto proof = make_account_proof(ground_.ledger, *frame, {label, side_row->vrf_proof, form});
        if (proof)
            return *std::move(proof);
        if (proof.error().kind != store::StoreFaultKind::absent)
            return std::unexpected{to_service_fault(proof.error())};
    }
    return std::unexpected{
        ServiceFault{.kind = ServiceFaultKind::busy, .retry_after = std::chrono::seconds{1}}};
}

// --- a new password
// ---------------------------------------------------------------------------------------------

Served<PasswordOffer> Accounts::begin_password_change(Principal const& principal,
                                                      base::ByteView registration_request,
                                                      AddressPrefix const& prefix) {
    auto const request = opaque::RegistrationRequest::parse(registration_request);
    if (!request)
        return refuse(ServiceFaultKind::malformed);
    auto const now = ground_.clock.now();
    auto const account = TRY(map_fault(ground_.ledger.load_account(principal.label), store_fault));
    auto const side_row = TRY(map_fault(ground_.ledger.load_side_row(principal.label), store_fault));
    if (!account || !account->state || !side_row)
        return refuse(ServiceFaultKind::conflict);
    TRY(begin_registration(ground_, principal.label, prefix, now));

    auto const policy = ground_.head()->policy;
    auto const version = account->head.version.next();
    auto const id = pending_.put({.label = principal.label, .version = version}, now, ground_.randomness);
    return PasswordOffer{
        .id = id,
        .response = opaque::create_registration_response(*request, account_key(ground_, principal.label),
                                                         ground_.keys.opaque_keys.public_key),
        .network = ground_.network,
        .label = principal.label,
        .vrf_proof = side_row->vrf_proof,
        .version = version,
        .previous = account->head.head,
        .opening = std::nullopt,
        .account = std::nullopt,
        .keyset = policy->keysets.back().number,
        .stretching = policy->stretching,
        .time = ground_.entry_time()};
}

boost::asio::awaitable<Served<sequencer::Receipt>> Accounts::finish_password_change(Principal principal,
                                                                                    PendingId id,
                                                                                    NewPassword made) {
    auto const now = ground_.clock.now();
    auto const pending = pending_.take(id, now);
    if (!pending || pending->label != principal.label)
        co_return refuse(ServiceFaultKind::unknown_request);
    auto const record = opaque::OpaqueRecord::parse(made.opaque_record);
    auto const statement = ledger::decode<ledger::ReplaceCredential>(made.statement);
    auto const hash = ledger::RecordHash::from(crypto::sha256(base::ByteView(made.opaque_record)));
    if (!record || !statement || statement->asks.label != principal.label ||
        statement->credential.record != hash)
        co_return refuse(ServiceFaultKind::malformed);
    auto side_row = CO_TRY(map_fault(ground_.ledger.load_side_row(principal.label), store_fault));
    if (!side_row)
        co_return refuse(ServiceFaultKind::conflict);
    side_row->opaque_record = std::move(made.opaque_record);
    PasswordEntry entry{.kind = ledger::EntryKind::replace_credential,
                        .statement = std::move(made.statement),
                        .evidence = std::move(made.evidence),
                        .username = std::nullopt,
                        .write = {.label = principal.label, .row = std::move(side_row)}};
    auto submission = CO_TRY(co_await admit_entry(&ground_, std::move(entry)));
    auto ordered = co_await ground_.sequencer.order(std::move(submission));
    if (!ordered)
        co_return std::unexpected{to_service_fault(ordered.error())};
    ground_.limits.registered(principal.label);
    ground_.events.record(Event::password_changed);
    co_return *std::move(ordered);
}

// --- other entries
// ----------------------------------------------------------------------------------------------

boost::asio::awaitable<Served<sequencer::Receipt>> Accounts::change(Principal principal, Change change) {
    auto const decoded = ledger::decode_entry(ledger::encode(ledger::Entry{
        .kind = change.kind, .statement = change.statement, .evidence = change.evidence, .admissions = {}}));
    bool const is_own = decoded && is_own_change(change.kind) && label_of(*decoded) == principal.label;
    if (!is_own)
        co_return refuse(ServiceFaultKind::malformed);
    sequencer::Submission submission{
        .entry =
            assemble_entry(ground_, change.kind, std::move(change.statement), std::move(change.evidence)),
        .side_writes = {}};
    bool const erases = change.kind == ledger::EntryKind::erase;
    if (erases)
        submission.side_writes.push_back({.label = principal.label, .row = std::nullopt});
    auto ordered = co_await ground_.sequencer.order(std::move(submission));
    if (!ordered)
        co_return std::unexpected{to_service_fault(ordered.error())};
    ground_.events.record(Event::account_changed);
    co_return *std::move(ordered);
}

} // namespace bulla::service
