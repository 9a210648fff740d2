#include "service/accounts.hpp"

#include "opaque/messages.hpp"
#include "service/faults_of_order.hpp"
#include "service/linked_entry.hpp"
#include "service/password_entry.hpp"
#include "service/password_keyset.hpp"
#include "service/password_statement.hpp"
#include "service/proof.hpp"
#include "service/refusal_of_limits.hpp"
#include "service/service_limits.hpp"

namespace bulla::service {
namespace {

auto const store_fault = [](store::StoreFault const& fault) { return to_service_fault(fault); };

// The kinds a session may submit for its own account. Passwords have their own way, with an offer before.
bool is_own_change(ledger::EntryKind kind) {
    using enum ledger::EntryKind;
    return kind == add_credential || kind == revoke_credential || kind == end_sessions || kind == erase ||
           kind == allow_operator_recovery || kind == forbid_operator_recovery;
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

// Text of 1 to 64 code points without control characters.
bool is_good_name(std::string_view name) {
    auto const is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    auto const begins = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; };
    auto const count = std::ranges::count_if(name, begins);
    return count >= 1 && count <= credential_name_max && std::ranges::none_of(name, is_control);
}

ledger::NewCredential const* added_by(ledger::DecodedEntry const& entry) {
    auto const* const adding = std::get_if<ledger::AddCredential>(&entry.statement);
    return adding == nullptr ? nullptr : &adding->credential;
}

} // namespace

Accounts::Accounts(Ground& ground, RecoveryRequests& requests)
    : ground_(ground), requests_(requests), frames_(ground.ledger),
      pending_(pending_changes_max, pending_registration_lifetime) {}

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
                       .names = TRY(map_fault(ground_.ledger.load_names(principal.label), store_fault)),
                       .at = head};
}

Served<void> Accounts::name_credential(Principal const& principal, ledger::CredentialId const& credential,
                                       std::string name) {
    if (!is_good_name(name))
        return refuse(ServiceFaultKind::malformed);
    auto const view = TRY(this->view(principal));
    if (view.state.find(credential) == nullptr)
        return refuse(ServiceFaultKind::unknown_credential);
    return map_fault(ground_.ledger.name_credential(
                         {.label = principal.label, .credential = credential, .name = std::move(name)}),
                     store_fault);
}

Served<AccountExport> Accounts::take_out(Principal const& principal) {
    AccountExport out{.view = TRY(view(principal)), .side_row = {}, .sign_counts = {}, .guesses = {}};
    auto side_row = TRY(map_fault(ground_.ledger.load_side_row(principal.label), store_fault));
    if (!side_row)
        return refuse(ServiceFaultKind::conflict);
    out.side_row = *std::move(side_row);
    SignCounters const counters(ground_);
    for (auto const& credential : out.view.state.credentials)
        if (auto const count = counters.load(principal.label, credential.id))
            out.sign_counts.emplace(credential.id, *count);
    auto const guesses = TRY(map_fault(ground_.live.load_counter(guess_key(principal.label)), store_fault));
    if (guesses)
        out.guesses = GuessRow::decode(*guesses);
    return out;
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
    auto const keyset = TRY(newest_keyset(ground_));
    TRY(begin_registration(ground_, principal.label, prefix, now));

    auto const policy = ground_.head()->policy;
    auto const version = account->head.version.next();
    auto const id = pending_.put({.label = principal.label, .version = version}, now, ground_.randomness);
    return PasswordOffer{.id = id,
                         .response = evaluate_password(ground_, keyset, *request, principal.label),
                         .network = ground_.network,
                         .label = principal.label,
                         .vrf_proof = side_row->vrf_proof,
                         .version = version,
                         .previous = account->head.head,
                         .opening = std::nullopt,
                         .account = std::nullopt,
                         .keyset = keyset.number,
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
    auto const statement = decode_password_statement(made.statement);
    bool const is_good = made.opaque_record && opaque::OpaqueRecord::parse(*made.opaque_record) &&
                         statement && statement->asks.label == principal.label &&
                         statement->credential.record == store::hash_record(made.opaque_record);
    if (!is_good)
        co_return refuse(ServiceFaultKind::malformed);
    auto side_row = CO_TRY(map_fault(ground_.ledger.load_side_row(principal.label), store_fault));
    if (!side_row)
        co_return refuse(ServiceFaultKind::conflict);
    side_row->opaque_record = std::move(made.opaque_record);
    PasswordEntry entry{.kind = statement->kind,
                        .statement = std::move(made.statement),
                        .evidence = std::move(made.evidence),
                        .username = std::nullopt,
                        .write = {.label = principal.label, .row = std::move(side_row)}};
    auto submission = CO_TRY(co_await admit_entry(&ground_, std::move(entry)));
    auto ordered = co_await ground_.sequencer.order(std::move(submission));
    if (!ordered)
        co_return std::unexpected{to_service_fault(ordered.error())};
    ground_.limits.registered(principal.label);
    ground_.events.record(statement->kind == ledger::EntryKind::add_credential ? Event::account_changed
                                                                               : Event::password_changed);
    co_return *std::move(ordered);
}

// --- other entries
// ----------------------------------------------------------------------------------------------

boost::asio::awaitable<Served<sequencer::Receipt>> Accounts::cancel_recovery(Principal principal,
                                                                             Change change) {
    auto const statement = ledger::decode<ledger::CancelRecovery>(change.statement);
    if (!statement || statement->asks.label != principal.label)
        co_return refuse(ServiceFaultKind::malformed);
    auto receipt = CO_TRY(co_await order_linked(&ground_, {.label = principal.label,
                                                           .entry = {.kind = change.kind,
                                                                     .statement = std::move(change.statement),
                                                                     .evidence = std::move(change.evidence),
                                                                     .admissions = {}},
                                                           .write = std::nullopt}));
    ground_.events.record(Event::account_changed);
    co_return receipt;
}

// Passwords come by their own way, which brings their record. An authenticator finds a passkey by its
// WebAuthn id: of two with one id in an account one could never be used.
Served<void> Accounts::check_change(ledger::DecodedEntry const& entry, ledger::Label const& label) const {
    auto const* const added = added_by(entry);
    if (added == nullptr)
        return {};
    if (added->kind == ledger::CredentialKind::password)
        return refuse(ServiceFaultKind::malformed);
    auto const account = TRY(map_fault(ground_.ledger.load_account(label), store_fault));
    bool const is_there =
        added->webauthn_id && account && account->state &&
        std::ranges::any_of(account->state->credentials, [&](ledger::Credential const& each) {
            return each.key.webauthn_id == added->webauthn_id;
        });
    if (is_there)
        return refuse(ServiceFaultKind::conflict);
    return {};
}

// What stands beside the account goes with it, and a password's record with the password. A row that was read
// before another change of the account is never written: that change made the version of this one.
Served<std::vector<store::SideWrite>> Accounts::side_writes_of(ledger::DecodedEntry const& entry,
                                                               ledger::Label const& label) const {
    if (std::holds_alternative<ledger::Erase>(entry.statement))
        return std::vector<store::SideWrite>{{.label = label, .row = std::nullopt}};
    auto const* const revoking = std::get_if<ledger::RevokeCredential>(&entry.statement);
    auto const account = TRY(map_fault(ground_.ledger.load_account(label), store_fault));
    auto const* const password = account && account->state ? account->state->password() : nullptr;
    if (revoking == nullptr || password == nullptr || password->id != revoking->credential)
        return std::vector<store::SideWrite>{};
    auto side_row = TRY(map_fault(ground_.ledger.load_side_row(label), store_fault));
    if (!side_row)
        return refuse(ServiceFaultKind::conflict);
    side_row->opaque_record.reset();
    return std::vector<store::SideWrite>{{.label = label, .row = std::move(side_row)}};
}

// What this node alone keeps about what an entry ended. The entry stands: where a full disk keeps a row, it
// is never shown again, and goes with the session or the account.
void Accounts::clear_away(ledger::DecodedEntry const& entry, Principal const& principal) const {
    if (auto const* const revoked = std::get_if<ledger::RevokeCredential>(&entry.statement))
        (void)ground_.ledger.name_credential(
            {.label = principal.label, .credential = revoked->credential, .name = std::nullopt});
    bool const is_erased = std::holds_alternative<ledger::Erase>(entry.statement);
    if (is_erased || std::holds_alternative<ledger::ForbidOperatorRecovery>(entry.statement))
        (void)requests_.forget(principal.label);
    if (!is_erased)
        return;
    if (auto const sessions = ground_.live.sessions_of(principal.account))
        for (auto const& [id, session] : *sessions)
            (void)ground_.live.end_session(id);
}

boost::asio::awaitable<Served<sequencer::Receipt>> Accounts::change(Principal principal, Change change) {
    if (change.kind == ledger::EntryKind::cancel_recovery)
        co_return co_await cancel_recovery(std::move(principal), std::move(change));
    auto const decoded = ledger::decode_entry(ledger::encode(ledger::Entry{
        .kind = change.kind, .statement = change.statement, .evidence = change.evidence, .admissions = {}}));
    bool const is_own = decoded && is_own_change(change.kind) && label_of(*decoded) == principal.label;
    if (!is_own)
        co_return refuse(ServiceFaultKind::malformed);
    CO_TRY(check_change(*decoded, principal.label));
    sequencer::Submission submission{
        .entry =
            assemble_entry(ground_, change.kind, std::move(change.statement), std::move(change.evidence)),
        .side_writes = CO_TRY(side_writes_of(*decoded, principal.label))};
    auto ordered = co_await ground_.sequencer.order(std::move(submission));
    if (!ordered)
        co_return std::unexpected{to_service_fault(ordered.error())};
    clear_away(*decoded, principal);
    ground_.events.record(Event::account_changed);
    co_return *std::move(ordered);
}

} // namespace bulla::service
