// The rules of an account's entries (docs/formats/rules.md): who may do what, and what it changes.
// Part of plan(); nothing else calls it.
#pragma once

#include "ledger/execute.hpp"

namespace bulla::ledger {

Result<Plan, Rejection> plan_account_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                           Register const& wanted);
Result<Plan, Rejection> plan_account_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                           AddCredential const& wanted);
Result<Plan, Rejection> plan_account_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                           RevokeCredential const& wanted);
Result<Plan, Rejection> plan_account_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                           ReplaceCredential const& wanted);
Result<Plan, Rejection> plan_account_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                           EndSessions const& wanted);
Result<Plan, Rejection> plan_account_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                           Erase const& wanted);

} // namespace bulla::ledger
