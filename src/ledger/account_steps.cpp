#include "ledger/account_steps.hpp"

namespace bulla::ledger {
namespace {

using Refusal = std::unexpected<Rejection>;

bool is_sentinel(Label const& label) {
    return std::ranges::all_of(label.view(), [&](std::uint8_t byte) { return byte == label[0]; }) &&
           (label[0] == 0x00 || label[0] == 0xff);
}

Result<void, Rejection> check_new_password(WorkingSet const& working_set, NewCredential const& password,
                                           Generations const& generations) {
    auto const& policy = working_set.policy;
    if (*password.generation < generations.first || *password.generation > generations.last)
        return Refusal{Rejection::wrong_generation};
    if (policy.keysets.empty() || *password.keyset != policy.keysets.back().number)
        return Refusal{Rejection::unknown_keyset};
    auto const& stretching = *password.stretching;
    if (!crypto::is_acceptable(stretching) || stretching.memory_kib < policy.stretching.memory_kib ||
        stretching.passes < policy.stretching.passes || stretching.lanes != policy.stretching.lanes)
        return Refusal{Rejection::stretching_not_allowed};
    return {};
}

} // namespace

Result<void, Rejection> check_asking(WorkingSet const& working_set, AccountPart const& asks) {
    if (asks.network != working_set.place.network)
        return Refusal{Rejection::wrong_network};
    if (asks.not_after < working_set.place.time)
        return Refusal{Rejection::statement_expired};
    if (is_sentinel(asks.label))
        return Refusal{Rejection::sentinel_label};
    return {};
}

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

Result<AccountState, Rejection> asking_state(WorkingSet const& working_set, AccountPart const& asks) {
    TRY(check_asking(working_set, asks));
    auto state = TRY(living_state(working_set));
    TRY(check_chain(working_set, asks));
    return state;
}

Result<void, Rejection> check_new_credential(WorkingSet const& working_set, NewCredential const& wanted,
                                             Generations const& generations) {
    if (!wanted.has_the_fields_of_its_kind())
        return Refusal{Rejection::malformed};
    // An Ed25519 key's test is among the checks: it is as dear as a signature.
    auto const* const p256 = wanted.public_key.p256();
    if (!credential::is_key_of(wanted.kind, wanted.public_key) ||
        (p256 != nullptr && !crypto::is_registrable(*p256)))
        return Refusal{Rejection::key_not_registrable};
    if (wanted.kind == CredentialKind::password)
        return check_new_password(working_set, wanted, generations);
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
    if (state.has_key(row.key.public_key) || state.find(row.id) != nullptr)
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

void drop_recovery_by_operators(AccountState& state) {
    if (state.recovery && !state.recovery->key_version)
        state.recovery.reset();
}

AccountChange make_change(WorkingSet const& working_set, DecodedEntry const& entry, AccountPart const& asks,
                          Outcome outcome) {
    AccountHead const head{.status = outcome.status,
                           .version = asks.version,
                           .last_index = working_set.place.index,
                           .head = entry.leaf_hash,
                           .commitment = outcome.state ? commit(*outcome.state) : StateCommitment{}};
    return {.label = asks.label, .row = {.head = head, .state = std::move(outcome.state)}};
}

ChangeSet keep(WorkingSet const& working_set, DecodedEntry const& entry, AccountPart const& asks,
               AccountState after) {
    return {.account =
                make_change(working_set, entry, asks, {working_set.account->head.status, std::move(after)})};
}

} // namespace bulla::ledger
