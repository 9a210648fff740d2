// The rule of apply_change: whether a quorum wants an act now, and what the act does. Part of plan().
#pragma once

#include "ledger/execute.hpp"

namespace bulla::ledger {

Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   ApplyChange const& wanted);

} // namespace bulla::ledger
