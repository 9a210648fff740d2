// Whether an entry would be accepted if it came next, as seen from a published head. Never a verdict: other
// entries may come first. Runs on any thread, and what it finds of signatures is remembered.
#pragma once

#include "sequencer/check_memory.hpp"
#include "sequencer/head.hpp"
#include "store/ledger_database.hpp"

namespace bulla::sequencer {

struct Trial {
    store::LedgerDatabase& ledger;
    Head const& head;
    base::Timestamp now; // the block's time is the later of this and the head's
};
using TrialOutcome = Result<void, ledger::Rejection>;

// The rules and every signature. A fault is the store's.
store::Stored<TrialOutcome> try_entry(Trial const& trial, base::ByteView entry, CheckMemory& checks);
// The rules alone: for an entry whose signatures held before.
store::Stored<TrialOutcome> try_entry_again(Trial const& trial, base::ByteView entry);

} // namespace bulla::sequencer
