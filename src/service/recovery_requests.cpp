#include "service/recovery_requests.hpp"

#include "ledger/change_rules.hpp"
#include "service/faults_of_order.hpp"
#include "service/linked_entry.hpp"
#include "service/password_entry.hpp"
#include "service/service_limits.hpp"

namespace bulla::service {
namespace {

auto const store_fault = [](store::StoreFault const& fault) { return to_service_fault(fault); };

// What would be found out at the decision, when it is late: the credential can be one of this account, and
// has signed.
bool is_signed(Ground const& ground, ledger::BeginRecovery const& wanted, NewRecovery const& made) {
    auto const& key = wanted.credential;
    bool const can_be_added =
        key.kind != ledger::CredentialKind::recovery_key && key.has_the_fields_of_its_kind() &&
        credential::is_key_of(key.kind, key.public_key) && credential::is_registrable(key.public_key);
    if (!can_be_added || made.evidence.size() != 1)
        return false;
    auto const id = credential::credential_id(credential::CredentialOwner::from(wanted.asks.label), key.kind,
                                              key.public_key);
    auto const digest = ledger::digest_statement(ledger::EntryKind::begin_recovery, made.statement);
    auto const policy = ground.head()->policy;
    auto const& evidence = made.evidence.front();
    auto const check = credential::evidence_check({key.kind, key.public_key}, policy->relying_party(), digest,
                                                  evidence.parts);
    return std::ranges::equal(evidence.signer, id.view()) && check && credential::check(*check);
}

bool is_due(Ground const& ground, WaitingChange const& waiting) {
    auto const head = ground.head();
    return ledger::count_approvals(waiting.row, *head->nodes) >= head->nodes->quorum() &&
           waiting.row.proposed + ledger::wait_for(*head->policy, waiting.act) <= ground.entry_time();
}

} // namespace

RecoveryRequests::RecoveryRequests(Ground const& ground, RecoveryAttempts& attempts)
    : ground_(ground), attempts_(attempts), table_(ground) {}

// --- whoever asks

// The same work for every name: the account or its neighbour.
bool RecoveryRequests::is_allowed(ledger::Label const& label) const {
    auto const nearest = ground_.ledger.load_nearest_account(label);
    if (!nearest || !*nearest)
        return false;
    auto const& account = (*nearest)->account;
    return (*nearest)->label == label && account.head.status == ledger::AccountStatus::active &&
           account.state && account.state->operator_recovery;
}

Served<RecoveryRequestAsked> RecoveryRequests::ask(std::string_view username, AddressPrefix const& prefix) {
    auto const now = ground_.clock.now();
    auto const label = label_of_asked(ground_, username);
    TRY(attempts_.count(prefix, label, now));
    auto const ends = now + asked_request_lifetime;
    auto const id = table_.make_id(ends);
    auto const number = number_of(id);
    if (is_allowed(label))
        table_.keep({.number = number, .id = hash_of(id), .label = label, .asked = now, .ends = ends});
    return RecoveryRequestAsked{
        .id = id, .number = number, .network = ground_.network, .time = ground_.entry_time(), .ends = ends};
}

Served<RecoveryRequestView> RecoveryRequests::look(RequestId const& id) const {
    auto const request = table_.find(id);
    auto const ends = request ? request->ends : table_.end_of_own(id);
    if (!ends)
        return refuse(ServiceFaultKind::unknown_request);
    if (!request)
        return RecoveryRequestView{.state = RequestState::asked, .number = number_of(id), .ends = *ends};
    RecoveryRequestView view{.state = request->state,
                             .number = request->number,
                             .ends = request->ends,
                             .begin = request->begin_digest()};
    if (request->state != RequestState::begun)
        return view;
    view.finish_from = find_finish_from(ground_, request->label, *view.begin);
    if (!view.finish_from)
        return refuse(ServiceFaultKind::unknown_request);
    return view;
}

// A request that was not kept answers as one that waits.
Served<RecoveryRequest> RecoveryRequests::find_in(RequestState state, RequestId const& id) const {
    auto request = table_.find(id);
    if (!request && !table_.end_of_own(id))
        return refuse(ServiceFaultKind::unknown_request);
    if (!request || request->state != state)
        return refuse(ServiceFaultKind::conflict);
    return *std::move(request);
}

Served<RecoveryOffer> RecoveryRequests::offer(RequestId const& id,
                                              std::optional<base::ByteBuffer> const& registration_request,
                                              AddressPrefix const& prefix) const {
    auto const request = TRY(find_in(RequestState::accepted, id));
    auto const account = TRY(map_fault(ground_.ledger.load_account(request.label), store_fault));
    auto const side_row = TRY(map_fault(ground_.ledger.load_side_row(request.label), store_fault));
    if (!account || !account->state || !side_row)
        return refuse(ServiceFaultKind::conflict);
    auto const response = TRY(evaluate_for_recovery(ground_, request.label, registration_request, prefix));
    auto offer = describe_recovering(ground_, request.label, *account, *side_row);
    offer.response = response;
    offer.delay =
        std::max(ground_.head()->policy->delays.recovery_by_operators, ledger::operator_recovery_delay_min);
    offer.not_after = offer.time + requested_begin_validity;
    return offer;
}

Served<ledger::StatementDigest> RecoveryRequests::make(RequestId const& id, NewRecovery made) {
    auto request = TRY(find_in(RequestState::accepted, id));
    auto const statement = ledger::decode<ledger::BeginRecovery>(made.statement);
    auto const now = ground_.entry_time();
    bool const answers_the_offer =
        statement && statement->asks.network == ground_.network && statement->asks.label == request.label &&
        !statement->key_version && statement->asks.not_after > now &&
        statement->asks.not_after <= now + requested_begin_validity && is_signed(ground_, *statement, made);
    if (!answers_the_offer)
        return refuse(ServiceFaultKind::malformed);
    TRY(make_recovering_write(ground_, *statement, made.opaque_record));
    request.state = RequestState::made;
    request.ends = statement->asks.not_after;
    request.statement = std::move(made.statement);
    request.parts = std::move(made.evidence.front().parts);
    request.opaque_record = std::move(made.opaque_record);
    TRY(table_.store(request));
    return *request.begin_digest();
}

boost::asio::awaitable<Served<RecoveryBegun>> RecoveryRequests::begin(RequestId id,
                                                                      std::vector<WaitingChange> waiting) {
    auto const request = CO_TRY(find_in(RequestState::made, id));
    auto const act_bytes = ledger::encode_act(*request.act());
    auto const wanted = std::ranges::find_if(waiting, [&](WaitingChange const& change) {
        return change.act_bytes == act_bytes && is_due(ground_, change);
    });
    if (wanted == waiting.end())
        co_return refuse(ServiceFaultKind::conflict);
    ledger::ApplyChange statement;
    statement.asks.network = ground_.network;
    statement.change = wanted->change;
    statement.act = act_bytes;
    auto receipt = CO_TRY(co_await apply(std::move(statement)));
    auto const digest = *request.begin_digest();
    // The state says when, as it stood in the entry's block; it may have gone on already.
    auto const finish_from = find_finish_from(ground_, request.label, digest)
                                 .value_or(receipt.time + receipt.head->policy->delays.recovery_by_operators);
    co_return RecoveryBegun{.begin = digest, .finish_from = finish_from, .receipt = std::move(receipt)};
}

// --- operators

std::vector<RecoveryRequest> RecoveryRequests::list() const {
    auto requests = table_.select([](RecoveryRequest const&) { return true; });
    std::erase_if(requests, [&](RecoveryRequest const& request) { return !is_allowed(request.label); });
    return requests;
}

std::optional<RecoveryRequest> RecoveryRequests::find(ledger::RecoverAccount const& act) const {
    return table_.find(
        ledger::digest_statement(ledger::EntryKind::begin_recovery, ledger::encode(act.begin)));
}

std::vector<RecoveryRequest> RecoveryRequests::of(ledger::Label const& label) const {
    return table_.select([&](RecoveryRequest const& request) { return request.label == label; });
}

Served<void> RecoveryRequests::forget(ledger::Label const& label) {
    for (auto const& request : of(label))
        TRY(table_.erase(request));
    return {};
}

Served<void> RecoveryRequests::accept(RequestNumber const& number) {
    auto request = table_.find(number);
    if (!request || !is_allowed(request->label))
        return refuse(ServiceFaultKind::unknown_request);
    if (request->state != RequestState::asked)
        return refuse(ServiceFaultKind::conflict);
    auto const held =
        table_.select([](RecoveryRequest const& one) { return one.state != RequestState::asked; });
    if (held.size() >= held_requests_max)
        return refuse(ServiceFaultKind::busy);
    request->state = RequestState::accepted;
    request->ends = ground_.clock.now() + accepted_request_lifetime;
    return table_.store(*request);
}

Served<void> RecoveryRequests::drop(RequestNumber const& number) {
    auto const request = table_.find(number);
    if (!request)
        return refuse(ServiceFaultKind::unknown_request);
    return table_.erase(*request);
}

boost::asio::awaitable<Served<sequencer::Receipt>> RecoveryRequests::apply(ledger::ApplyChange statement) {
    auto const act = ledger::decode_act(statement.act);
    auto const* const recover = act ? std::get_if<ledger::RecoverAccount>(&*act) : nullptr;
    auto request = recover != nullptr ? find(*recover) : std::nullopt;
    if (!request)
        co_return refuse(ServiceFaultKind::unknown_request);
    auto const kind = ledger::EntryKind::apply_change;
    LinkedEntry linked{
        .label = request->label,
        .entry = {.kind = kind,
                  .statement = ledger::encode(statement),
                  .evidence = {{.signer = base::to_buffer(*request->credential()), .parts = request->parts}},
                  .admissions = {}},
        .write = CO_TRY(make_recovering_write(ground_, recover->begin, request->opaque_record))};
    if (linked.write)
        linked.entry.admissions =
            CO_TRY(co_await admit_statement(&ground_, {.kind = ledger::EntryKind::begin_recovery,
                                                       .statement = *request->statement,
                                                       .evidence = {},
                                                       .username = std::nullopt,
                                                       .write = *linked.write}));
    auto receipt = CO_TRY(co_await order_linked(&ground_, std::move(linked)));
    request->state = RequestState::begun;
    request->opaque_record.reset(); // the account has it
    static_cast<void>(table_.store(*request)); // the ledger says so in any case
    ground_.events.record(Event::account_changed);
    co_return receipt;
}

} // namespace bulla::service
