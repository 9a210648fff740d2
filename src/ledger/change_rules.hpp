// The rule of apply_change: whether a quorum wants an act now, and what the act does. Part of plan().
#pragma once

#include "ledger/execute.hpp"

namespace bulla::ledger {

// From the propose entry until the act can take effect. A shorter delay waits for the old one, so that nobody
// shortens a delay in order not to wait.
std::chrono::milliseconds wait_for(PolicyRow const& policy, Act const& act);

// One a node, whoever of its operators said so; who has left since counts no more.
std::size_t count_approvals(PendingChangeRow const& change, NodesRow const& nodes);
// Whether a change that waits can take effect: the act is the one proposed, its delay is over, it has not
// expired, and a quorum approves. Rejections in this order: wrong_act, change_expired, change_too_early,
// no_quorum.
struct ChangeState {
    NodesRow const& nodes;
    PolicyRow const& policy;
    base::Timestamp time; // of the block
};
Result<void, Rejection> check_wanted(PendingChangeRow const& change, base::ByteView act_bytes, Act const& act,
                                     ChangeState const& state);

Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   ApplyChange const& wanted);

} // namespace bulla::ledger
