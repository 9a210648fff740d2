#include "ledger/recovery_rules.hpp"

#include "ledger/account_steps.hpp"

namespace bulla::ledger {
namespace {

using Refusal = std::unexpected<Rejection>;

// A statement or act about an account, with the place in the chain that stands beside it in the entry.
AccountPart asks_of(DecodedEntry const& entry, RecoveryPart const& part) {
    CHECK(entry.entry.link.has_value());
    return {.network = part.network,
            .label = part.label,
            .version = entry.entry.link->version,
            .previous = entry.entry.link->previous,
            .not_after = part.not_after};
}
AccountPart asks_of(WorkingSet const& working_set, DecodedEntry const& entry, Label const& label) {
    return asks_of(
        entry, {.network = working_set.place.network, .label = label, .not_after = working_set.place.time});
}

// --- begin

Result<void, Rejection> check_successor(WorkingSet const& working_set, AccountPart const& asks,
                                        NewCredential const& wanted) {
    if (wanted.kind == CredentialKind::recovery_key) // the account would be left without an active credential
        return Refusal{Rejection::credential_kind_not_allowed};
    return check_new_credential(working_set, wanted, {.first = AccountVersion{1}, .last = asks.version});
}

// The pending recovery that is to stand, in the place of one that may have to give way.
struct Beginning {
    StatementDigest digest;
    BeginRecovery const& wanted;
    std::chrono::milliseconds delay;
};

Result<void, Rejection> begin(AccountState& state, Beginning const& beginning, base::Timestamp time) {
    auto const& wanted = beginning.wanted;
    if (state.has_key(wanted.credential.public_key))
        return Refusal{Rejection::duplicate_public_key};
    bool const gives_way =
        !state.recovery || (wanted.key_version && (!state.recovery->key_version ||
                                                   *state.recovery->key_version > *wanted.key_version));
    if (!gives_way)
        return Refusal{Rejection::recovery_pending};
    state.recovery = PendingRecovery{.begin = beginning.digest,
                                     .credential = wanted.credential,
                                     .finish_from = time + beginning.delay,
                                     .key_version = wanted.key_version};
    return {};
}

Result<void, Rejection> add_successor(PlanMaker& maker, std::size_t position, Credential const& row) {
    TRY(maker.add_new_evidence(position, row));
    if (row.key.kind == CredentialKind::password)
        return maker.add_admissions();
    return maker.expect_no_admissions();
}

// The account with the recovery that a statement names.
Result<AccountState, Rejection> recovering_state(WorkingSet const& working_set, AccountPart const& asks,
                                                 StatementDigest const& begin) {
    auto state = TRY(asking_state(working_set, asks));
    if (!state.recovery || state.recovery->begin != begin)
        return Refusal{Rejection::unknown_recovery};
    return state;
}

// An act needs no signature of an account, and no admission.
Result<Plan, Rejection> plan_unsigned(WorkingSet const& working_set, DecodedEntry const& entry,
                                      AccountChange change) {
    PlanMaker maker(working_set, entry);
    TRY(maker.expect_evidence(0));
    TRY(maker.expect_no_admissions());
    return maker.finish({.account = std::move(change)});
}

} // namespace

Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   BeginRecovery const& wanted) {
    auto const asks = asks_of(entry, wanted.asks);
    auto const before = TRY(asking_state(working_set, asks));
    TRY(check_successor(working_set, asks, wanted.credential));
    if (!wanted.key_version)
        return Refusal{Rejection::needs_quorum};
    auto const key = std::ranges::find_if(before.credentials, [&](Credential const& row) {
        return row.key.kind == CredentialKind::recovery_key && row.added_version == *wanted.key_version;
    });
    if (key == before.credentials.end())
        return Refusal{Rejection::unknown_recovery_key};
    auto const& recovery_key = *key;
    auto after = before;
    TRY(begin(after, {entry.digest, wanted, working_set.policy.delays.recovery_by_key},
              working_set.place.time));
    std::erase_if(after.credentials, [&](Credential const& row) { return row.id == recovery_key.id; });
    PlanMaker maker(working_set, entry);
    TRY(maker.expect_evidence(2));
    TRY(maker.add_evidence(0, recovery_key));
    TRY(add_successor(maker, 1, make_credential(working_set, asks, wanted.credential)));
    return maker.finish(keep(working_set, entry, asks, std::move(after)));
}

Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   FinishRecovery const& wanted) {
    auto const asks = asks_of(entry, wanted.asks);
    auto after = TRY(recovering_state(working_set, asks, wanted.begin));
    if (working_set.place.time < after.recovery->finish_from)
        return Refusal{Rejection::recovery_too_early};
    PlanMaker maker(working_set, entry);
    TRY(maker.expect_evidence(1));
    auto const successor = make_credential(working_set, asks, after.recovery->credential);
    TRY(maker.add_evidence(0, successor));
    TRY(maker.expect_no_admissions());
    after.credentials = {successor};
    after.recovery.reset();
    after.epoch = after.epoch.next();
    return maker.finish(keep(working_set, entry, asks, std::move(after)));
}

Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   CancelRecovery const& wanted) {
    auto const asks = asks_of(entry, wanted.asks);
    auto const before = TRY(recovering_state(working_set, asks, wanted.begin));
    PlanMaker maker(working_set, entry);
    TRY(maker.expect_evidence(1));
    auto const signer = TRY(maker.add_authorising_evidence(before));
    if (!can_cancel(signer, *before.recovery))
        return Refusal{Rejection::younger_credential};
    TRY(maker.expect_no_admissions());
    auto after = before;
    after.recovery.reset();
    return maker.finish(keep(working_set, entry, asks, std::move(after)));
}

// --- acts of operators

Result<Plan, Rejection> plan_act(WorkingSet const& working_set, DecodedEntry const& entry,
                                 Suspend const& act) {
    auto const asks = asks_of(working_set, entry, act.label);
    auto after = TRY(asking_state(working_set, asks));
    if (working_set.account->head.status == AccountStatus::suspended)
        return Refusal{Rejection::account_suspended};
    drop_recovery_by_operators(after);
    return plan_unsigned(working_set, entry,
                         make_change(working_set, entry, asks, {AccountStatus::suspended, std::move(after)}));
}

Result<Plan, Rejection> plan_act(WorkingSet const& working_set, DecodedEntry const& entry,
                                 Restore const& act) {
    auto const asks = asks_of(working_set, entry, act.label);
    auto const& account = working_set.account;
    if (account && account->head.status == AccountStatus::erased_closed) {
        TRY(check_asking(working_set, asks));
        TRY(check_chain(working_set, asks));
        return plan_unsigned(working_set, entry,
                             make_change(working_set, entry, asks, {AccountStatus::erased, std::nullopt}));
    }
    auto after = TRY(asking_state(working_set, asks));
    if (account->head.status != AccountStatus::suspended)
        return Refusal{Rejection::not_suspended};
    return plan_unsigned(working_set, entry,
                         make_change(working_set, entry, asks, {AccountStatus::active, std::move(after)}));
}

Result<Plan, Rejection> plan_act(WorkingSet const& working_set, DecodedEntry const& entry,
                                 RecoverAccount const& act) {
    auto const& wanted = act.begin;
    auto const asks = asks_of(entry, wanted.asks);
    auto after = TRY(asking_state(working_set, asks));
    TRY(check_successor(working_set, asks, wanted.credential));
    if (working_set.account->head.status == AccountStatus::suspended)
        return Refusal{Rejection::account_suspended};
    if (!after.operator_recovery)
        return Refusal{Rejection::operator_recovery_forbidden};
    auto const digest = digest_statement(EntryKind::begin_recovery, encode(wanted));
    auto const delay = std::max(working_set.policy.delays.recovery_by_operators, operator_recovery_delay_min);
    TRY(begin(after, {digest, wanted, delay}, working_set.place.time));
    PlanMaker maker(working_set, entry, digest);
    TRY(maker.expect_evidence(1));
    TRY(add_successor(maker, 0, make_credential(working_set, asks, wanted.credential)));
    return maker.finish(keep(working_set, entry, asks, std::move(after)));
}

} // namespace bulla::ledger
