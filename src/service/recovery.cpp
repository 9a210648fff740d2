#include "service/recovery.hpp"

#include "crypto/random.hpp"
#include "service/linked_entry.hpp"
#include "service/service_limits.hpp"

namespace bulla::service {
namespace {

// A revoked recovery key recovers until its end.
ledger::Credential const* find_recovery_key(ledger::AccountState const& state,
                                            ledger::Ed25519PublicKey const& public_key, base::Timestamp now) {
    auto const found = std::ranges::find_if(state.credentials, [&](ledger::Credential const& row) {
        return row.key.kind == ledger::CredentialKind::recovery_key &&
               row.key.public_key == ledger::PublicKey(public_key) && (!row.ends || *row.ends > now);
    });
    return found == state.credentials.end() ? nullptr : &*found;
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

Recovery::Recovery(Ground& ground, RecoveryAttempts& attempts)
    : ground_(ground), attempts_(attempts), asked_(pending_recoveries_max, pending_registration_lifetime),
      proved_(pending_recoveries_max, pending_registration_lifetime) {}

Served<RecoveryChallengeOffer> Recovery::ask(std::string_view username, AddressPrefix const& prefix) {
    auto const now = ground_.clock.now();
    auto const label = label_of_asked(ground_, username);
    TRY(attempts_.count(prefix, label, now));
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

Served<RecoveryOffer> Recovery::prove(RecoveryProof const& proof, AddressPrefix const& prefix) {
    auto const now = ground_.clock.now();
    auto const asked = asked_.take(proof.id, now);
    auto const known = asked ? find_known(*asked, proof) : std::nullopt;
    if (!known) {
        ground_.events.record(Event::login_refused);
        return refuse(ServiceFaultKind::login_refused);
    }
    auto response = TRY(evaluate_for_recovery(ground_, asked->label, proof.registration_request, prefix));
    auto offer = describe_recovering(ground_, asked->label, known->account, known->side_row);
    auto const& key = known->recovery_key;
    offer.id =
        proved_.put({.label = asked->label, .key_version = key.added_version}, now, ground_.randomness);
    offer.response = std::move(response);
    offer.key = {.version = key.added_version, .credential = key.id};
    offer.delay = ground_.head()->policy->delays.recovery_by_key;
    offer.not_after = offer.time + entry_validity;
    return offer;
}

boost::asio::awaitable<Served<RecoveryBegun>> Recovery::begin(PendingId id, NewRecovery made) {
    auto const proved = proved_.take(id, ground_.clock.now());
    if (!proved)
        co_return refuse(ServiceFaultKind::unknown_request);
    auto const statement = ledger::decode<ledger::BeginRecovery>(made.statement);
    bool const answers_the_offer = statement && statement->asks.label == proved->label &&
                                   statement->key_version == proved->key_version &&
                                   statement->asks.not_after <= ground_.entry_time() + entry_validity;
    if (!answers_the_offer)
        co_return refuse(ServiceFaultKind::malformed);
    auto const kind = ledger::EntryKind::begin_recovery;
    auto const digest = ledger::digest_statement(kind, made.statement);
    LinkedEntry linked{.label = proved->label,
                       .entry = {.kind = kind,
                                 .statement = std::move(made.statement),
                                 .evidence = std::move(made.evidence),
                                 .admissions = {}},
                       .write = CO_TRY(make_recovering_write(ground_, *statement, made.opaque_record))};
    if (linked.write)
        linked.entry.admissions =
            CO_TRY(co_await admit_statement(&ground_, {.kind = kind,
                                                       .statement = linked.entry.statement,
                                                       .evidence = {},
                                                       .username = std::nullopt,
                                                       .write = *linked.write}));
    auto receipt = CO_TRY(co_await order_linked(&ground_, std::move(linked)));
    ground_.events.record(Event::account_changed);
    // The state says when, as it stood in the entry's block; it may have gone on already.
    auto const finish_from = find_finish_from(ground_, proved->label, digest)
                                 .value_or(receipt.time + receipt.head->policy->delays.recovery_by_key);
    co_return RecoveryBegun{.begin = digest, .finish_from = finish_from, .receipt = std::move(receipt)};
}

boost::asio::awaitable<Served<sequencer::Receipt>> Recovery::finish(RecoveryEnd end, AddressPrefix prefix) {
    CO_TRY(attempts_.count(prefix, std::nullopt, ground_.clock.now()));
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
