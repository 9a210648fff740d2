#include "ledger/account_rules.hpp"

namespace bulla::ledger {
namespace {

using Refusal = std::unexpected<Rejection>;

// --- who asks
// -------------------------------------------------------------------------------------------------

bool is_sentinel(Label const& label) {
    return std::ranges::all_of(label.view(), [&](std::uint8_t byte) { return byte == label[0]; }) &&
           (label[0] == 0x00 || label[0] == 0xff);
}

Result<void, Rejection> check_asking(WorkingSet const& working_set, AccountPart const& asks) {
    if (asks.network != working_set.place.network)
        return Refusal{Rejection::wrong_network};
    if (asks.not_after < working_set.place.time)
        return Refusal{Rejection::statement_expired};
    if (is_sentinel(asks.label))
        return Refusal{Rejection::sentinel_label};
    return {};
}

// version = the directory's + 1, previous = its head; 1 and zeros for a label that is absent.
Result<void, Rejection> check_chain(WorkingSet const& working_set, AccountPart const& asks) {
    auto const head = working_set.account ? working_set.account->head : AccountHead{};
    if (head.version.number() >= version_max)
        return Refusal{Rejection::version_exhausted};
    if (asks.version != head.version.next())
        return Refusal{Rejection::stale_version};
    if (asks.previous != head.head)
        return Refusal{Rejection::wrong_previous};
    return {};
}

Result<AccountState, Rejection> living_state(WorkingSet const& working_set) {
    if (!working_set.account)
        return Refusal{Rejection::unknown_account};
    if (working_set.account->head.is_erased())
        return Refusal{Rejection::account_erased};
    CHECK(working_set.account->state.has_value());
    auto state = *working_set.account->state;
    // The passing of time changes no byte by itself: each entry drops what has ended.
    std::erase_if(state.credentials,
                  [&](Credential const& row) { return row.ends && *row.ends <= working_set.place.time; });
    return state;
}

// --- what is wanted
// -------------------------------------------------------------------------------------------

Result<void, Rejection> check_new_password(WorkingSet const& working_set, AccountPart const& asks,
                                           NewCredential const& password) {
    auto const& policy = working_set.policy;
    if (*password.generation != asks.version)
        return Refusal{Rejection::wrong_generation};
    if (policy.keysets.empty() || *password.keyset != policy.keysets.back().number)
        return Refusal{Rejection::unknown_keyset};
    auto const& stretching = *password.stretching;
    if (!crypto::is_acceptable(stretching) || stretching.memory_kib < policy.stretching.memory_kib ||
        stretching.passes < policy.stretching.passes || stretching.lanes != policy.stretching.lanes)
        return Refusal{Rejection::stretching_not_allowed};
    return {};
}

Result<void, Rejection> check_new_credential(WorkingSet const& working_set, AccountPart const& asks,
                                             NewCredential const& wanted) {
    if (!wanted.has_the_fields_of_its_kind())
        return Refusal{Rejection::malformed};
    bool const has_rules =
        wanted.kind == CredentialKind::password || wanted.kind == CredentialKind::device_key;
    if (!has_rules)
        return Refusal{Rejection::credential_kind_not_allowed};
    auto const* const key = wanted.public_key.ed25519();
    if (key == nullptr || !crypto::is_registrable(*key))
        return Refusal{Rejection::key_not_registrable};
    if (wanted.kind == CredentialKind::password)
        return check_new_password(working_set, asks, wanted);
    return {};
}

Credential make_credential(WorkingSet const& working_set, AccountPart const& asks,
                           NewCredential const& wanted) {
    auto const owner = credential::CredentialOwner::from(asks.label);
    return {.id = credential::credential_id(owner, wanted.kind, wanted.public_key),
            .key = wanted,
            .added_version = asks.version,
            .added_time = working_set.place.time,
            .ends = std::nullopt};
}

Result<void, Rejection> insert(AccountState& state, Credential row) {
    if (state.credentials.size() >= credentials_max)
        return Refusal{Rejection::too_many_credentials};
    bool const known = std::ranges::any_of(state.credentials, [&](Credential const& other) {
        return other.key.public_key == row.key.public_key || other.id == row.id;
    });
    if (known)
        return Refusal{Rejection::duplicate_public_key};
    auto const place = std::ranges::lower_bound(state.credentials, row.id, {}, &Credential::id);
    state.credentials.insert(place, std::move(row));
    return {};
}

Result<void, Rejection> count_entry(AccountState& state, base::Timestamp time) {
    if (time >= state.window.start + counted_entries_window) {
        state.window = {.start = time, .count = 1};
        return {};
    }
    if (state.window.count >= counted_entries_max)
        return Refusal{Rejection::too_many_entries};
    ++state.window.count;
    return {};
}

// --- evidence and admissions
// ----------------------------------------------------------------------------------

Result<void, Rejection> add_evidence(Plan& plan, DecodedEntry const& entry, std::size_t position,
                                     Credential const& signer) {
    auto const& evidence = entry.entry.evidence[position];
    if (!std::ranges::equal(evidence.signer, signer.id.view()))
        return Refusal{Rejection::wrong_signer};
    auto check =
        credential::evidence_check(signer.key.kind, signer.key.public_key, entry.digest, evidence.parts);
    if (!check)
        return Refusal{Rejection::wrong_evidence};
    plan.checks.push_back({.check = *std::move(check), .otherwise = Rejection::wrong_evidence});
    return {};
}

// The first evidence must be of an active credential of the account as it stood before this entry.
Result<void, Rejection> add_authorising_evidence(Plan& plan, DecodedEntry const& entry,
                                                 AccountState const& before) {
    auto const id = CredentialId::parse(entry.entry.evidence[0].signer);
    auto const* const signer = id ? before.find(*id) : nullptr;
    if (signer == nullptr || !is_active(*signer))
        return Refusal{Rejection::wrong_signer};
    return add_evidence(plan, entry, 0, *signer);
}

Result<void, Rejection> check_evidence_count(DecodedEntry const& entry, std::size_t count) {
    if (entry.entry.evidence.size() != count)
        return Refusal{Rejection::wrong_evidence_count};
    return {};
}

// Exactly a quorum of different nodes of the list in force, in ascending id, none of them expired.
Result<void, Rejection> add_admissions(Plan& plan, WorkingSet const& working_set, DecodedEntry const& entry) {
    auto const& admissions = entry.entry.admissions;
    if (admissions.size() != working_set.nodes.quorum())
        return Refusal{Rejection::wrong_admissions};
    for (std::size_t index = 1; index < admissions.size(); ++index)
        if (!(admissions[index - 1].node < admissions[index].node))
            return Refusal{Rejection::wrong_admissions};
    for (auto const& admission : admissions) {
        auto const* const node = working_set.nodes.find(admission.node);
        if (node == nullptr)
            return Refusal{Rejection::admission_of_stranger};
        if (admission.until < working_set.place.time)
            return Refusal{Rejection::admission_expired};
        auto const message = admission_message(admission.until, entry.digest);
        plan.checks.push_back(
            {.check = credential::ed25519_check(node->node_key, message, admission.signature),
             .otherwise = Rejection::wrong_admission});
    }
    return {};
}

Result<void, Rejection> check_no_admissions(DecodedEntry const& entry) {
    if (!entry.entry.admissions.empty())
        return Refusal{Rejection::wrong_admissions};
    return {};
}

// What an entry leaves of the account.
struct Outcome {
    AccountStatus status = AccountStatus::active;
    std::optional<AccountState> state; // none: erased
};

AccountChange make_change(WorkingSet const& working_set, DecodedEntry const& entry, AccountPart const& asks,
                          Outcome outcome) {
    AccountHead const head{.status = outcome.status,
                           .version = asks.version,
                           .last_index = working_set.place.index,
                           .head = entry.leaf_hash,
                           .commitment = outcome.state ? commit(*outcome.state) : StateCommitment{}};
    return {.label = asks.label, .row = {.head = head, .state = std::move(outcome.state)}};
}

} // namespace

Result<Plan, Rejection> plan_account_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                           Register const& wanted) {
    TRY(check_asking(working_set, wanted.asks));
    if (working_set.account && !working_set.account->head.is_erased())
        return Refusal{Rejection::label_taken};
    if (working_set.account && working_set.account->head.status == AccountStatus::erased_closed)
        return Refusal{Rejection::name_closed};
    TRY(check_chain(working_set, wanted.asks));
    if (wanted.credential.kind == CredentialKind::device_key)
        return Refusal{Rejection::credential_kind_not_allowed};
    TRY(check_new_credential(working_set, wanted.asks, wanted.credential));
    TRY(check_evidence_count(entry, 1));

    auto const row = make_credential(working_set, wanted.asks, wanted.credential);
    Plan plan;
    TRY(add_evidence(plan, entry, 0, row));
    TRY(add_admissions(plan, working_set, entry));
    AccountState state{.registered = wanted.asks.version,
                       .opening = wanted.opening,
                       .epoch = Epoch{},
                       .operator_recovery = false,
                       .credentials = {row},
                       .window = {.start = working_set.place.time, .count = 1}};
    plan.changes.account =
        make_change(working_set, entry, wanted.asks, {AccountStatus::active, std::move(state)});
    return plan;
}

Result<Plan, Rejection> plan_account_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                           AddCredential const& wanted) {
    TRY(check_asking(working_set, wanted.asks));
    auto const before = TRY(living_state(working_set));
    TRY(check_chain(working_set, wanted.asks));
    TRY(check_new_credential(working_set, wanted.asks, wanted.credential));
    bool const is_password = wanted.credential.kind == CredentialKind::password;
    if (is_password && before.password() != nullptr)
        return Refusal{Rejection::second_password};
    auto after = before;
    auto const row = make_credential(working_set, wanted.asks, wanted.credential);
    TRY(insert(after, row));
    TRY(count_entry(after, working_set.place.time));
    TRY(check_evidence_count(entry, 2));

    Plan plan;
    TRY(add_authorising_evidence(plan, entry, before));
    TRY(add_evidence(plan, entry, 1, row));
    if (is_password)
        TRY(add_admissions(plan, working_set, entry));
    else
        TRY(check_no_admissions(entry));
    plan.changes.account =
        make_change(working_set, entry, wanted.asks, {working_set.account->head.status, std::move(after)});
    return plan;
}

Result<Plan, Rejection> plan_account_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                           RevokeCredential const& wanted) {
    TRY(check_asking(working_set, wanted.asks));
    auto const before = TRY(living_state(working_set));
    TRY(check_chain(working_set, wanted.asks));
    auto after = before;
    if (std::erase_if(after.credentials,
                      [&](Credential const& row) { return row.id == wanted.credential; }) == 0)
        return Refusal{Rejection::unknown_credential};
    if (after.active_count() == 0)
        return Refusal{Rejection::last_credential};
    TRY(check_evidence_count(entry, 1));

    Plan plan;
    TRY(add_authorising_evidence(plan, entry, before));
    TRY(check_no_admissions(entry));
    plan.changes.account =
        make_change(working_set, entry, wanted.asks, {working_set.account->head.status, std::move(after)});
    return plan;
}

Result<Plan, Rejection> plan_account_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                           ReplaceCredential const& wanted) {
    TRY(check_asking(working_set, wanted.asks));
    auto const before = TRY(living_state(working_set));
    TRY(check_chain(working_set, wanted.asks));
    if (wanted.credential.kind != CredentialKind::password)
        return Refusal{Rejection::credential_kind_not_allowed};
    TRY(check_new_credential(working_set, wanted.asks, wanted.credential));
    if (before.password() == nullptr)
        return Refusal{Rejection::unknown_credential};
    auto after = before;
    auto const row = make_credential(working_set, wanted.asks, wanted.credential);
    bool const same_key = before.password()->key.public_key == wanted.credential.public_key;
    if (same_key)
        return Refusal{Rejection::duplicate_public_key};
    std::erase_if(after.credentials,
                  [](Credential const& other) { return other.key.kind == CredentialKind::password; });
    TRY(insert(after, row));
    TRY(count_entry(after, working_set.place.time));
    TRY(check_evidence_count(entry, 2));

    Plan plan;
    TRY(add_authorising_evidence(plan, entry, before));
    TRY(add_evidence(plan, entry, 1, row));
    TRY(add_admissions(plan, working_set, entry));
    plan.changes.account =
        make_change(working_set, entry, wanted.asks, {working_set.account->head.status, std::move(after)});
    return plan;
}

Result<Plan, Rejection> plan_account_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                           EndSessions const& wanted) {
    TRY(check_asking(working_set, wanted.asks));
    auto const before = TRY(living_state(working_set));
    TRY(check_chain(working_set, wanted.asks));
    auto after = before;
    after.epoch = before.epoch.next();
    TRY(count_entry(after, working_set.place.time));
    TRY(check_evidence_count(entry, 1));

    Plan plan;
    TRY(add_authorising_evidence(plan, entry, before));
    TRY(check_no_admissions(entry));
    plan.changes.account =
        make_change(working_set, entry, wanted.asks, {working_set.account->head.status, std::move(after)});
    return plan;
}

Result<Plan, Rejection> plan_account_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                           Erase const& wanted) {
    TRY(check_asking(working_set, wanted.asks));
    auto const before = TRY(living_state(working_set));
    TRY(check_chain(working_set, wanted.asks));
    TRY(check_evidence_count(entry, 1));

    Plan plan;
    TRY(add_authorising_evidence(plan, entry, before));
    TRY(check_no_admissions(entry));
    bool const suspended = working_set.account->head.status == AccountStatus::suspended;
    auto const status = suspended ? AccountStatus::erased_closed : AccountStatus::erased;
    plan.changes.account = make_change(working_set, entry, wanted.asks, {status, std::nullopt});
    return plan;
}

} // namespace bulla::ledger
