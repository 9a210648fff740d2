#include "sequencer/side_rows.hpp"

#include <array>

namespace bulla::sequencer {
namespace {

using Record = std::optional<base::ByteBuffer>;

// The first of the records with this hash.
Record find_record(std::span<Record const* const> records, std::optional<ledger::RecordHash> const& wanted) {
    if (!wanted)
        return std::nullopt;
    for (auto const* const record : records)
        if (store::hash_record(*record) == wanted)
            return *record;
    return std::nullopt;
}

bool is_of(std::optional<store::SideRow> const& row, ledger::AccountState const& state) {
    return row && ledger::hash_opening(row->opening) == state.opening;
}

} // namespace

bool may_change_records(ledger::EntryKind kind) {
    using enum ledger::EntryKind;
    switch (kind) {
    case begin_recovery:
    case finish_recovery:
    case cancel_recovery:
    case apply_change: return true;
    default: return false;
    }
}

std::optional<ledger::RecordHash> record_in_force(ledger::AccountState const& state) {
    auto const* const password = state.password();
    return password == nullptr ? std::nullopt : password->key.record;
}

std::optional<ledger::RecordHash> record_of_recovery(ledger::AccountState const& state) {
    return state.recovery ? state.recovery->credential.record : std::nullopt;
}

bool has_records_of(store::SideRow const& row, ledger::AccountState const& state) {
    return store::hash_record(row.opaque_record) == record_in_force(state) &&
           store::hash_record(row.recovering_record) == record_of_recovery(state);
}

std::optional<store::SideRow> settle_side_row(std::optional<store::SideRow> const& present,
                                              std::optional<store::SideRow> const& brought,
                                              ledger::AccountState const& state) {
    std::optional<store::SideRow> settled;
    std::vector<Record const*> records;
    for (auto const* const row : {&brought, &present}) {
        if (!is_of(*row, state))
            continue;
        settled = *row;
        records.insert(records.end(), {&(*row)->opaque_record, &(*row)->recovering_record});
    }
    if (!settled)
        return std::nullopt;
    settled->opaque_record = find_record(records, record_in_force(state));
    settled->recovering_record = find_record(records, record_of_recovery(state));
    return settled;
}

} // namespace bulla::sequencer
