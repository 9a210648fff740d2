// What becomes of the rows beside an account when an entry is ordered: every node finds it by itself, whoever
// submitted the entry.
//
//   a new password, a registration    what was kept for the statement; else the node lacks it
//   erase                             the row goes
//   a password revoked                the record leaves the row
#pragma once

#include "store/ledger_database.hpp"

namespace bulla::sequencer::comet {

struct FoundWrites {
    std::vector<store::SideWrite> writes;
    std::optional<store::KeptKey> taken; // what was kept, and is used up
    std::optional<ledger::Label> lacking; // nothing was kept
};

// Nothing for what does not decode: it will be no entry.
store::Stored<FoundWrites> find_side_writes(store::LedgerDatabase& ledger, base::ByteView entry);

// Under which the writes of an entry are kept; nothing for what does not decode.
std::optional<store::KeptKey> kept_key_of(base::ByteView entry);

} // namespace bulla::sequencer::comet
