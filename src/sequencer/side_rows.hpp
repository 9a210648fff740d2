// What stands beside an account after an entry: which of the OPAQUE records at hand its new state names.
#pragma once

#include "store/side_row.hpp"

namespace bulla::sequencer {

// Whether an entry of this kind begins or ends a recovery, or can drop one: then the row follows the state.
// Others bring the whole row that is to stand.
bool may_change_records(ledger::EntryKind kind);

// `present`: what stood there; `brought`: what came with the entry, whose one record may be the password's or
// the pending recovery's. A record that the state names nowhere goes. Nothing: neither row is of this
// account.
std::optional<store::SideRow> settle_side_row(std::optional<store::SideRow> const& present,
                                              std::optional<store::SideRow> const& brought,
                                              ledger::AccountState const& state);

// What the state names: of its password, of its pending recovery's.
std::optional<ledger::RecordHash> record_in_force(ledger::AccountState const& state);
std::optional<ledger::RecordHash> record_of_recovery(ledger::AccountState const& state);
// Whether a row holds the records that the state names, and no others.
bool has_records_of(store::SideRow const& row, ledger::AccountState const& state);

} // namespace bulla::sequencer
