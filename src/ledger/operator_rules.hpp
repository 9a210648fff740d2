// The rules of operators' entries: clients, roles, proposals and votes. Part of plan().
#pragma once

#include "ledger/execute.hpp"

namespace bulla::ledger {

// The role's row that a statement is about.
template <class Kind>
NetworkRowName role_name(Kind const& statement) {
    return NetworkRowName::role(statement.client, statement.label, statement.registered, statement.role);
}

Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   RegisterClient const& wanted);
Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   UpdateClient const& wanted);
Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   RemoveClient const& wanted);
Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   GrantRole const& wanted);
Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   RevokeRole const& wanted);
Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   ProposeChange const& wanted);
Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   ApproveChange const& wanted);
Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   ObjectChange const& wanted);

} // namespace bulla::ledger
