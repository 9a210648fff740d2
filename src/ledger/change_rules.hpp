// The rule of apply_change: whether a quorum wants an act now, and what the act does. Part of plan().
#pragma once

#include "ledger/execute.hpp"

namespace bulla::ledger {

// From the propose entry until the act can take effect. A shorter delay waits for the old one, so that nobody
// shortens a delay in order not to wait.
std::chrono::milliseconds wait_for(PolicyRow const& policy, Act const& act);

// One a node, whoever of its operators said so; who has left since counts no more.
std::size_t count_approvals(PendingChangeRow const& change, NodesRow const& nodes);

Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   ApplyChange const& wanted);

} // namespace bulla::ledger
