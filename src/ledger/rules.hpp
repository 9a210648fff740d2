// Versions of the ledger's rules, and when the next one comes into force (LEDGER §3, row 2).
//
// The operators agree on an upgrade in the policy: {version, engine height}. The blocks of that height and
// after are made by that version. A program that does not know it stops before.
#pragma once

#include "ledger/policy_row.hpp"

namespace bulla::ledger {

// The newest version that this program knows; it knows all before as well.
std::uint64_t newest_rules();

// By which version the engine's block of this height is made, going by the policy before it.
std::uint64_t rules_at(PolicyRow const& policy, std::uint64_t engine_height);

} // namespace bulla::ledger
