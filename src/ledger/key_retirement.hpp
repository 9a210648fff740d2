// How a token signing key ends: the same for its node's own entry and for an act of operators. Part of the
// rules.
#pragma once

#include "ledger/execute.hpp"

namespace bulla::ledger {

// What a statement or an act asks for.
struct Retirement {
    KeyId const& kid;
    bool compromised;
};

// The key's row with its end: block time if compromised, else block time + max_token_lifetime as it stands
// now. A later retirement can only shorten.
Result<SigningKeyRow, Rejection> retired_row(WorkingSet const& working_set, Retirement const& wanted);

void retire(Node& node, KeyId const& kid, base::Timestamp ends); // in the node's row, if it stands there
void drop_ended(Node& node, base::Timestamp time);

} // namespace bulla::ledger
