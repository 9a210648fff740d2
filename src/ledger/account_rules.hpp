// The rules of what an account's own active credentials ask for. Part of plan(); nothing else calls it.
#pragma once

#include "ledger/execute.hpp"

namespace bulla::ledger {

Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   Register const& wanted);
Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   AddCredential const& wanted);
Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   RevokeCredential const& wanted);
Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   ReplaceCredential const& wanted);
Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   EndSessions const& wanted);
Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   Erase const& wanted);
Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   AllowOperatorRecovery const& wanted);
Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   ForbidOperatorRecovery const& wanted);

} // namespace bulla::ledger
