#include "service/recovery_offer.hpp"

#include "opaque/messages.hpp"
#include "service/faults_of_order.hpp"
#include "service/password_keyset.hpp"
#include "service/refusal_of_limits.hpp"
#include "service/username.hpp"

namespace bulla::service {

ledger::Label label_of_asked(Ground const& ground, std::string_view username) {
    auto const parsed = Username::parse(username, {.scripts = ground.head()->policy->scripts});
    auto const name = parsed ? std::string(parsed->text()) : "\xff" + std::string(username);
    return make_label(ground.keys.vrf_key, name);
}

Served<std::optional<opaque::RegistrationResponse>> evaluate_for_recovery(
    Ground const& ground, ledger::Label const& label,
    std::optional<base::ByteBuffer> const& registration_request, AddressPrefix const& prefix) {
    if (!registration_request)
        return std::optional<opaque::RegistrationResponse>();
    auto const request = opaque::RegistrationRequest::parse(*registration_request);
    if (!request)
        return refuse(ServiceFaultKind::malformed);
    auto const keyset = TRY(newest_keyset(ground));
    TRY(begin_registration(ground, label, prefix, ground.clock.now()));
    return std::optional(evaluate_password(ground, keyset, *request, label));
}

RecoveryOffer describe_recovering(Ground const& ground, ledger::Label const& label,
                                  ledger::AccountRow const& account, store::SideRow const& side_row) {
    auto const policy = ground.head()->policy;
    return {.id = {},
            .response = std::nullopt,
            .network = ground.network,
            .label = label,
            .account =
                ledger::make_account_id(ground.network, label, account.state->registered, side_row.opening),
            .vrf_proof = side_row.vrf_proof,
            .version = account.head.version.next(),
            .key = std::nullopt,
            .keyset = policy->keysets.back().number,
            .stretching = policy->stretching,
            .delay = {},
            .time = ground.entry_time(),
            .not_after = {}};
}

Served<std::optional<store::SideWrite>> make_recovering_write(
    Ground const& ground, ledger::BeginRecovery const& statement,
    std::optional<base::ByteBuffer> const& opaque_record) {
    bool const is_password = statement.credential.kind == ledger::CredentialKind::password;
    if (is_password != opaque_record.has_value())
        return refuse(ServiceFaultKind::malformed);
    if (!is_password)
        return std::optional<store::SideWrite>();
    auto const label = statement.asks.label;
    auto row = TRY(map_fault(ground.ledger.load_side_row(label),
                             [](store::StoreFault const& fault) { return to_service_fault(fault); }));
    if (!row || !opaque::OpaqueRecord::parse(*opaque_record) ||
        statement.credential.record != store::hash_record(opaque_record))
        return refuse(ServiceFaultKind::malformed);
    row->opaque_record = opaque_record;
    row->recovering_record.reset();
    return std::optional(store::SideWrite{.label = label, .row = std::move(row)});
}

std::optional<base::Timestamp> find_finish_from(Ground const& ground, ledger::Label const& label,
                                                ledger::StatementDigest const& begin) {
    auto const account = ground.ledger.load_account(label);
    if (!account || !*account || !(*account)->state)
        return std::nullopt;
    auto const& pending = (*account)->state->recovery;
    return pending && pending->begin == begin ? std::optional(pending->finish_from) : std::nullopt;
}

} // namespace bulla::service
