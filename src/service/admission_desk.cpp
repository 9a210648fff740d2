#include "service/admission_desk.hpp"

#include "service/password_statement.hpp"
#include "service/peers.hpp"
#include "service/registration.hpp"
#include "service/service_limits.hpp"

namespace bulla::service {
namespace {

std::unexpected<AdmissionRefusal> refuse_as(AdmissionRefusal refusal) {
    return std::unexpected{refusal};
}
auto const busy = [](store::StoreFault const&) { return AdmissionRefusal::busy; };

bool is_proof_of(crypto::VrfProof const& vrf_proof, ledger::Label const& label) {
    auto const output = crypto::unverified_output(vrf_proof);
    return output && make_label(*output) == label;
}

} // namespace

store::Stored<std::unique_ptr<AdmissionDesk>> AdmissionDesk::open(
    Ground const& ground, crypto::VrfPublicKey const& vrf_public_key) {
    std::unique_ptr<AdmissionDesk> desk(new AdmissionDesk(ground, vrf_public_key));
    TRY(desk->load_promises());
    return desk;
}

// The version is not kept: until its end the promise binds whatever becomes of the account.
store::Stored<void> AdmissionDesk::load_promises() {
    auto const now = ground_.clock.now();
    return ground_.ledger.each_kept([&](store::KeptKey const& key, store::KeptWrites const& kept) {
        for (auto const& write : kept.writes)
            promises_.make(write.label,
                           {.digest = ledger::StatementDigest::from(key.view()),
                            .version = ledger::AccountVersion{ledger::version_max},
                            .ends = kept.since + promise_lifetime},
                           {}, now);
        return true;
    });
}

bool AdmissionDesk::is_in_time(ledger::NetworkId const& network, base::Timestamp not_after,
                               std::chrono::milliseconds validity) const {
    return network == ground_.network && not_after >= ground_.clock.now() - question_age_max &&
           not_after <= ground_.entry_time() + validity + question_age_max;
}

Result<AdmissionDesk::Subject, AdmissionRefusal> AdmissionDesk::check_place(
    ledger::EntryKind kind, ledger::AccountPart const& asks) const {
    auto const account = TRY(map_fault(ground_.ledger.load_account(asks.label), busy));
    auto const before = account ? account->head : ledger::AccountHead{};
    bool const is_free = !account || before.status == ledger::AccountStatus::erased;
    bool const is_registration = kind == ledger::EntryKind::register_account;
    if (is_free != is_registration || asks.version != before.version.next() || asks.previous != before.head)
        return refuse_as(AdmissionRefusal::taken);
    if (!is_in_time(asks.network, asks.not_after, entry_validity))
        return refuse_as(AdmissionRefusal::wrong);
    return Subject{.kind = kind, .asks = asks, .present = before.version};
}

Result<AdmissionDesk::Subject, AdmissionRefusal> AdmissionDesk::check_registration(
    AdmissionRequest const& request) const {
    auto const statement = ledger::decode<ledger::Register>(request.statement);
    auto const scripts = ground_.head()->policy->scripts;
    auto const username = Username::parse(*request.username, {.scripts = scripts});
    bool const is_named = username && username->text() == *request.username && !is_reserved(*username) &&
                          request.row.username == request.username;
    if (!statement || !is_named)
        return refuse_as(AdmissionRefusal::wrong);
    auto const output =
        crypto::check_vrf(vrf_public_key_, base::as_bytes(*request.username), request.row.vrf_proof);
    if (!output || make_label(*output) != statement->asks.label ||
        store::hash_record(request.row.opaque_record) != statement->credential.record ||
        ledger::hash_opening(request.row.opening) != statement->opening)
        return refuse_as(AdmissionRefusal::wrong);
    return check_place(ledger::EntryKind::register_account, statement->asks);
}

// The opening and the proof are those of the registration; every node holds them already.
Result<ledger::AccountHead, AdmissionRefusal> AdmissionDesk::check_beside(AdmissionRequest const& request,
                                                                          ledger::Label const& label) const {
    auto const account = TRY(map_fault(ground_.ledger.load_account(label), busy));
    if (!account || !account->state)
        return refuse_as(AdmissionRefusal::taken);
    if (!is_proof_of(request.row.vrf_proof, label) ||
        ledger::hash_opening(request.row.opening) != account->state->opening)
        return refuse_as(AdmissionRefusal::wrong);
    return account->head;
}

Result<AdmissionDesk::Subject, AdmissionRefusal> AdmissionDesk::check_new_password(
    AdmissionRequest const& request) const {
    auto const statement = decode_password_statement(request.statement);
    if (!statement || store::hash_record(request.row.opaque_record) != statement->credential.record)
        return refuse_as(AdmissionRefusal::wrong);
    TRY(check_beside(request, statement->asks.label));
    return check_place(statement->kind, statement->asks);
}

// Its place in the chain is nobody's promise: whoever submits the entry fills it in.
Result<AdmissionDesk::Subject, AdmissionRefusal> AdmissionDesk::check_recovery(
    AdmissionRequest const& request) const {
    auto const statement = ledger::decode<ledger::BeginRecovery>(request.statement);
    if (!statement || store::hash_record(request.row.opaque_record) != statement->credential.record ||
        request.row.recovering_record)
        return refuse_as(AdmissionRefusal::wrong);
    auto const& asks = statement->asks;
    auto const head = TRY(check_beside(request, asks.label));
    auto const validity = statement->key_version ? entry_validity : requested_begin_validity;
    if (!is_in_time(asks.network, asks.not_after, validity))
        return refuse_as(AdmissionRefusal::wrong);
    return Subject{.kind = ledger::EntryKind::begin_recovery,
                   .asks = {.network = asks.network, .label = asks.label},
                   .present = head.version};
}

Result<AdmissionDesk::Subject, AdmissionRefusal> AdmissionDesk::check(AdmissionRequest const& request) const {
    if (request.recovers)
        return check_recovery(request);
    return request.username ? check_registration(request) : check_new_password(request);
}

Result<void, AdmissionRefusal> AdmissionDesk::promise(Subject const& subject,
                                                      ledger::StatementDigest const& digest,
                                                      ledger::NodeId const& asker) {
    if (subject.kind != ledger::EntryKind::register_account)
        return {};
    auto const now = ground_.clock.now();
    auto const made = promises_.make(subject.asks.label,
                                     {.digest = digest,
                                      .version = subject.asks.version,
                                      .ends = ground_.entry_time() + promise_lifetime,
                                      .asker = asker},
                                     subject.present, now);
    switch (made) {
    case Promises::Outcome::promised: return {};
    case Promises::Outcome::to_another: return refuse_as(AdmissionRefusal::promised);
    case Promises::Outcome::full: return refuse_as(AdmissionRefusal::busy);
    }
    CHECK_UNREACHABLE();
}

Result<ledger::Admission, AdmissionRefusal> AdmissionDesk::admit(AdmissionRequest const& request,
                                                                 ledger::NodeId const& asker) {
    // Without room no block is taken: what is known here of the account may be old.
    if (!ground_.ledger.has_space())
        return refuse_as(AdmissionRefusal::busy);
    auto const subject = TRY(check(request));
    auto const digest = ledger::digest_statement(subject.kind, request.statement);
    TRY(promise(subject, digest, asker));
    store::KeptWrites const kept{.since = ground_.clock.now(),
                                 .writes = {{.label = subject.asks.label, .row = request.row}}};
    TRY(map_fault(ground_.ledger.keep_writes(store::KeptKey::from(digest.view()), kept), busy));
    return make_admission(ground_, digest);
}

// What the entry of another statement brought for the same name is kept under that one's digest.
bool AdmissionDesk::withdraw(Withdrawal const& withdrawal, ledger::NodeId const& asker) {
    auto const head = ground_.head();
    auto const* const node = head->nodes->find(asker);
    if (node == nullptr ||
        !crypto::verify(node->node_key, withdrawal_message(withdrawal.digest), withdrawal.signature))
        return false;
    if (!promises_.withdraw(withdrawal.label, withdrawal.digest, asker))
        return false;
    return ground_.ledger.drop_kept(store::KeptKey::from(withdrawal.digest.view())).has_value();
}

} // namespace bulla::service
