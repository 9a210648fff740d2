// The rules of nodes' entries: token signing keys, issuance. Part of plan().
#pragma once

#include "ledger/execute.hpp"

namespace bulla::ledger {

// The RFC 7638 thumbprint under which a signing key is known; nothing for a key without rules.
std::optional<KeyId> signing_key_id(PublishSigningKey const& wanted);

Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   PublishSigningKey const& wanted);
Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   RetireSigningKey const& wanted);
Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   Issuance const& wanted);

} // namespace bulla::ledger
