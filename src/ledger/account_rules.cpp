#include "ledger/account_rules.hpp"

#include "ledger/account_steps.hpp"

namespace bulla::ledger {
namespace {

using Refusal = std::unexpected<Rejection>;

Generations exactly(AccountVersion version) {
    return {.first = version, .last = version};
}

// A recovery key goes on until others have had time to notice; anything else goes at once.
Result<void, Rejection> revoke(AccountState& state, CredentialId const& id, base::Timestamp time) {
    auto const row = std::ranges::find(state.credentials, id, &Credential::id);
    if (row == state.credentials.end())
        return Refusal{Rejection::unknown_credential};
    if (row->ends)
        return Refusal{Rejection::already_revoked};
    if (is_active(*row))
        state.credentials.erase(row);
    else
        row->ends = time + recovery_key_notice;
    if (state.active_count() == 0)
        return Refusal{Rejection::last_credential};
    return {};
}

// A counted entry by an active credential that changes the state and brings nothing.
Result<Plan, Rejection> plan_plain(WorkingSet const& working_set, DecodedEntry const& entry,
                                   AccountPart const& asks, void (*change)(AccountState&)) {
    auto const before = TRY(asking_state(working_set, asks));
    auto after = before;
    change(after);
    TRY(count_entry(after, working_set.place.time));
    PlanMaker maker(working_set, entry);
    TRY(maker.expect_evidence(1));
    TRY(maker.add_authorising_evidence(before));
    TRY(maker.expect_no_admissions());
    return maker.finish(keep(working_set, entry, asks, std::move(after)));
}

} // namespace

Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   Register const& wanted) {
    TRY(check_asking(working_set, wanted.asks));
    if (working_set.account && !working_set.account->head.is_erased())
        return Refusal{Rejection::label_taken};
    if (working_set.account && working_set.account->head.status == AccountStatus::erased_closed)
        return Refusal{Rejection::name_closed};
    TRY(check_chain(working_set, wanted.asks));
    auto const kind = wanted.credential.kind;
    if (kind != CredentialKind::password && kind != CredentialKind::passkey)
        return Refusal{Rejection::credential_kind_not_allowed};
    TRY(check_new_credential(working_set, wanted.credential, exactly(wanted.asks.version)));
    PlanMaker maker(working_set, entry);
    TRY(maker.expect_evidence(1));

    auto const row = make_credential(working_set, wanted.asks, wanted.credential);
    TRY(maker.add_new_evidence(0, row));
    TRY(maker.add_admissions());
    AccountState state{.registered = wanted.asks.version,
                       .opening = wanted.opening,
                       .epoch = Epoch{},
                       .operator_recovery = false,
                       .credentials = {row},
                       .window = {.start = working_set.place.time, .count = 1}};
    return maker.finish(
        {.account = make_change(working_set, entry, wanted.asks, {AccountStatus::active, std::move(state)})});
}

Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   AddCredential const& wanted) {
    auto const before = TRY(asking_state(working_set, wanted.asks));
    TRY(check_new_credential(working_set, wanted.credential, exactly(wanted.asks.version)));
    bool const is_password = wanted.credential.kind == CredentialKind::password;
    if (is_password && before.password() != nullptr)
        return Refusal{Rejection::second_password};
    auto after = before;
    auto const row = make_credential(working_set, wanted.asks, wanted.credential);
    TRY(insert(after, row));
    TRY(count_entry(after, working_set.place.time));
    PlanMaker maker(working_set, entry);
    TRY(maker.expect_evidence(2));
    TRY(maker.add_authorising_evidence(before));
    TRY(maker.add_new_evidence(1, row));
    if (is_password)
        TRY(maker.add_admissions());
    else
        TRY(maker.expect_no_admissions());
    return maker.finish(keep(working_set, entry, wanted.asks, std::move(after)));
}

Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   RevokeCredential const& wanted) {
    auto const before = TRY(asking_state(working_set, wanted.asks));
    auto after = before;
    TRY(revoke(after, wanted.credential, working_set.place.time));
    PlanMaker maker(working_set, entry);
    TRY(maker.expect_evidence(1));
    TRY(maker.add_authorising_evidence(before));
    TRY(maker.expect_no_admissions());
    return maker.finish(keep(working_set, entry, wanted.asks, std::move(after)));
}

Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   ReplaceCredential const& wanted) {
    auto const before = TRY(asking_state(working_set, wanted.asks));
    if (wanted.credential.kind != CredentialKind::password)
        return Refusal{Rejection::credential_kind_not_allowed};
    TRY(check_new_credential(working_set, wanted.credential, exactly(wanted.asks.version)));
    auto const* const password = before.password();
    if (password == nullptr)
        return Refusal{Rejection::unknown_credential};
    if (password->key.public_key == wanted.credential.public_key)
        return Refusal{Rejection::duplicate_public_key};
    auto after = before;
    auto const row = make_credential(working_set, wanted.asks, wanted.credential);
    std::erase_if(after.credentials,
                  [](Credential const& other) { return other.key.kind == CredentialKind::password; });
    TRY(insert(after, row));
    TRY(count_entry(after, working_set.place.time));
    PlanMaker maker(working_set, entry);
    TRY(maker.expect_evidence(2));
    TRY(maker.add_authorising_evidence(before));
    TRY(maker.add_new_evidence(1, row));
    TRY(maker.add_admissions());
    return maker.finish(keep(working_set, entry, wanted.asks, std::move(after)));
}

Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   EndSessions const& wanted) {
    return plan_plain(working_set, entry, wanted.asks,
                      [](AccountState& state) { state.epoch = state.epoch.next(); });
}

Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   AllowOperatorRecovery const& wanted) {
    return plan_plain(working_set, entry, wanted.asks,
                      [](AccountState& state) { state.operator_recovery = true; });
}

Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   ForbidOperatorRecovery const& wanted) {
    return plan_plain(working_set, entry, wanted.asks, [](AccountState& state) {
        state.operator_recovery = false;
        drop_recovery_by_operators(state);
    });
}

Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   Erase const& wanted) {
    auto const before = TRY(asking_state(working_set, wanted.asks));
    PlanMaker maker(working_set, entry);
    TRY(maker.expect_evidence(1));
    TRY(maker.add_authorising_evidence(before));
    TRY(maker.expect_no_admissions());
    bool const suspended = working_set.account->head.status == AccountStatus::suspended;
    auto const status = suspended ? AccountStatus::erased_closed : AccountStatus::erased;
    return maker.finish({.account = make_change(working_set, entry, wanted.asks, {status, std::nullopt})});
}

} // namespace bulla::ledger
