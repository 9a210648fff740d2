// The rules of recoveries and suspensions: an account's way back, and the operators' hand on it. Part of
// plan(); nothing else calls it.
//
// An account has at most one pending recovery. One by operators gives way to one by a recovery key, one by a
// key to one by an older key, and to nothing else: whoever takes an account over can only add younger keys.
#pragma once

#include "ledger/execute.hpp"

namespace bulla::ledger {

Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   BeginRecovery const& wanted);
Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   FinishRecovery const& wanted);
Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   CancelRecovery const& wanted);

// Acts of operators, once change_rules.hpp has found that a quorum wants them.
Result<Plan, Rejection> plan_act(WorkingSet const& working_set, DecodedEntry const& entry,
                                 Suspend const& act);
Result<Plan, Rejection> plan_act(WorkingSet const& working_set, DecodedEntry const& entry,
                                 Restore const& act);
Result<Plan, Rejection> plan_act(WorkingSet const& working_set, DecodedEntry const& entry,
                                 RecoverAccount const& act);

} // namespace bulla::ledger
