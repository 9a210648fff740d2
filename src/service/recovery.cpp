#include "service/recovery.hpp"

#include "crypto/random.hpp"
#include "opaque/messages.hpp"
#include "service/faults_of_order.hpp"
#include "service/linked_entry.hpp"
#include "service/refusal_of_limits.hpp"
#include "service/service_limits.hpp"

namespace bulla::service {
namespace {

auto const store_fault = [](store::StoreFault const& fault) { return to_service_fault(fault); };

// A revoked recovery key recovers until its end.
ledger::Credential const* find_recovery_key(ledger::AccountState const& state,
                                            ledger::Ed25519PublicKey const& public_key, base::Timestamp now) {
    auto const found = std::ranges::find_if(state.credentials, [&](ledger::Credential const& row) {
        return row.key.kind == ledger::CredentialKind::recovery_key &&
               row.key.public_key == ledger::PublicKey(public_key) && (!row.ends || *row.ends > now);
    });
    return found == state.credentials.end() ? nullptr : &*found;
}

base::ByteBuffer join(base::ByteView first, base::ByteView second) {
    auto joined = base::to_buffer(first);
    joined.insert(joined.end(), second.begin(), second.end());
    return joined;
}

} // namespace

struct Recovery::Known {
    ledger::AccountRow account;
    ledger::Credential recovery_key;
    store::SideRow side_row;
};

crypto::Sha256Digest recovery_proof_message(ledger::NetworkId const& network,
                                            RecoveryChallenge const& challenge) {
    return crypto::sha256({base::as_bytes("bulla/recovery-proof/v1"), network, challenge});
}

Recovery::Recovery(Ground& ground, RecoveryLimits limits)
    : ground_(ground), limits_(limits), asked_(pending_recoveries_max, pending_registration_lifetime),
      proved_(pending_recoveries_max, pending_registration_lifetime), attempts_(limits.rows_max) {}

Served<void> Recovery::count(AddressPrefix const& prefix, std::optional<ledger::Label> const& label,
                             base::Timestamp now) {
    base::Lock const lock(mutex_);
    auto wait = attempts_.touch(prefix, {}).wait(limits_.hourly_of_prefix, now);
    if (label)
        wait = std::max(
            wait, attempts_.touch(join(prefix, *label), {}).wait(limits_.hourly_of_prefix_and_name, now));
    if (wait > Seconds{0})
        return std::unexpected{ServiceFault{.kind = ServiceFaultKind::wait, .retry_after = wait}};
    attempts_.touch(prefix, {}).take(now);
    if (label)
        attempts_.touch(join(prefix, *label), {}).take(now);
    return {};
}

// A name that could not exist gets the same work under a label that nobody can have, as at login.
Served<RecoveryChallengeOffer> Recovery::ask(std::string_view username, AddressPrefix const& prefix) {
    auto const now = ground_.clock.now();
    auto const parsed = Username::parse(username, {.scripts = ground_.head()->policy->scripts});
    auto const name = parsed ? std::string(parsed->text()) : "\xff" + std::string(username);
    auto const label = make_label(ground_.keys.vrf_key, name);
    TRY(count(prefix, label, now));
    auto const challenge = crypto::random_bytes<RecoveryChallenge>(ground_.randomness);
    auto const id = asked_.put({.label = label, .challenge = challenge}, now, ground_.randomness);
    return RecoveryChallengeOffer{
        .id = id, .network = ground_.network, .challenge = challenge, .time = ground_.entry_time()};
}

// The same work for every name: a signature, the account or its neighbour, and what stands beside it.
std::optional<Recovery::Known> Recovery::find_known(Asked const& asked, RecoveryProof const& proof) const {
    bool const is_signed = crypto::verify(
        proof.public_key, recovery_proof_message(ground_.network, asked.challenge), proof.signature);
    auto nearest = ground_.ledger.load_nearest_account(asked.label);
    if (!nearest || !*nearest || !(*nearest)->account.state)
        return std::nullopt;
    auto side_row = ground_.ledger.load_side_row((*nearest)->label);
    auto const* const key =
        find_recovery_key(*(*nearest)->account.state, proof.public_key, ground_.entry_time());
    if (!is_signed || (*nearest)->label != asked.label || key == nullptr || !side_row || !*side_row)
        return std::nullopt;
    return Known{.account = (*nearest)->account, .recovery_key = *key, .side_row = **std::move(side_row)};
}

// Counted like a registration's: whoever is here holds a recovery key, and no password was guessed.
Served<std::optional<opaque::RegistrationResponse>> Recovery::evaluate(ledger::Label const& label,
                                                                       base::ByteView registration_request,
                                                                       AddressPrefix const& prefix) {
    auto const request = opaque::RegistrationRequest::parse(registration_request);
    if (!request)
        return refuse(ServiceFaultKind::malformed);
    TRY(begin_registration(ground_, label, prefix, ground_.clock.now()));
    return std::optional(opaque::create_registration_response(*request, account_key(ground_, label),
                                                              ground_.keys.opaque_keys.public_key));
}

Served<RecoveryOffer> Recovery::prove(RecoveryProof const& proof, AddressPrefix const& prefix) {
    auto const now = ground_.clock.now();
    auto const asked = asked_.take(proof.id, now);
    auto const known = asked ? find_known(*asked, proof) : std::nullopt;
    if (!known) {
        ground_.events.record(Event::login_refused);
        return refuse(ServiceFaultKind::login_refused);
    }
    std::optional<opaque::RegistrationResponse> response;
    if (proof.registration_request)
        response = TRY(evaluate(asked->label, *proof.registration_request, prefix));
    auto const policy = ground_.head()->policy;
    auto const key_version = known->recovery_key.added_version;
    auto const id = proved_.put({.label = asked->label, .key_version = key_version}, now, ground_.randomness);
    return RecoveryOffer{.id = id,
                         .response = std::move(response),
                         .network = ground_.network,
                         .label = asked->label,
                         .account = ledger::make_account_id(ground_.network, asked->label,
                                                            known->account.state->registered,
                                                            known->side_row.opening),
                         .vrf_proof = known->side_row.vrf_proof,
                         .version = known->account.head.version.next(),
                         .key_version = key_version,
                         .credential = known->recovery_key.id,
                         .keyset = policy->keysets.back().number,
                         .stretching = policy->stretching,
                         .delay = policy->delays.recovery_by_key,
                         .time = ground_.entry_time()};
}

// The state says when, as it stood in the entry's block; it may have gone on already.
RecoveryBegun Recovery::begun(ledger::BeginRecovery const& wanted, ledger::StatementDigest const& digest,
                              sequencer::Receipt receipt) const {
    auto finish_from = receipt.time + receipt.head->policy->delays.recovery_by_key;
    auto const account = ground_.ledger.load_account(wanted.asks.label);
    if (account && *account && (*account)->state)
        if (auto const& pending = (*account)->state->recovery; pending && pending->begin == digest)
            finish_from = pending->finish_from;
    return {.begin = digest, .finish_from = finish_from, .receipt = std::move(receipt)};
}

boost::asio::awaitable<Served<RecoveryBegun>> Recovery::begin(PendingId id, NewRecovery made) {
    auto const proved = proved_.take(id, ground_.clock.now());
    if (!proved)
        co_return refuse(ServiceFaultKind::unknown_request);
    auto const statement = ledger::decode<ledger::BeginRecovery>(made.statement);
    bool const is_password = statement && statement->credential.kind == ledger::CredentialKind::password;
    bool const answers_the_offer = statement && statement->asks.label == proved->label &&
                                   statement->key_version == proved->key_version &&
                                   statement->asks.not_after <= ground_.entry_time() + entry_validity &&
                                   is_password == made.opaque_record.has_value();
    if (!answers_the_offer)
        co_return refuse(ServiceFaultKind::malformed);
    auto const kind = ledger::EntryKind::begin_recovery;
    auto const digest = ledger::digest_statement(kind, made.statement);
    LinkedEntry linked{.label = proved->label,
                       .entry = {.kind = kind,
                                 .statement = std::move(made.statement),
                                 .evidence = std::move(made.evidence),
                                 .admissions = {}},
                       .write = std::nullopt};
    if (is_password) {
        auto row = CO_TRY(map_fault(ground_.ledger.load_side_row(proved->label), store_fault));
        if (!row || !opaque::OpaqueRecord::parse(*made.opaque_record) ||
            statement->credential.record != store::hash_record(made.opaque_record))
            co_return refuse(ServiceFaultKind::malformed);
        row->opaque_record = std::move(made.opaque_record);
        row->recovering_record.reset();
        linked.write = store::SideWrite{.label = proved->label, .row = std::move(row)};
        linked.entry.admissions =
            CO_TRY(co_await admit_statement(&ground_, {.kind = kind,
                                                       .statement = linked.entry.statement,
                                                       .evidence = {},
                                                       .username = std::nullopt,
                                                       .write = *linked.write}));
    }
    auto receipt = CO_TRY(co_await order_linked(&ground_, std::move(linked)));
    ground_.events.record(Event::account_changed);
    co_return begun(*statement, digest, std::move(receipt));
}

boost::asio::awaitable<Served<sequencer::Receipt>> Recovery::finish(RecoveryEnd end, AddressPrefix prefix) {
    CO_TRY(count(prefix, std::nullopt, ground_.clock.now()));
    auto const statement = ledger::decode<ledger::FinishRecovery>(end.statement);
    if (!statement || statement->begin != end.begin)
        co_return refuse(ServiceFaultKind::malformed);
    auto const label = statement->asks.label;
    auto receipt =
        CO_TRY(co_await order_linked(&ground_, {.label = label,
                                                .entry = {.kind = ledger::EntryKind::finish_recovery,
                                                          .statement = std::move(end.statement),
                                                          .evidence = std::move(end.evidence),
                                                          .admissions = {}},
                                                .write = std::nullopt}));
    ground_.limits.registered(label); // the counts were of another password
    ground_.events.record(Event::account_changed);
    co_return receipt;
}

} // namespace bulla::service
