// start() is called first in every main, tests' and fuzzers' too.
//
// It initialises libsodium and checks the linked library: a revision without the fix of CVE-2025-69277
// accepts points outside the prime-order subgroup, so two nodes with different revisions would disagree about
// an entry. On such a library the process ends with a message that says what to install.
#pragma once

namespace bulla::crypto {

void start();

// What start() checks, for the test: honest point + T is no valid point, for every T of small order.
bool refuses_mixed_order_points();

} // namespace bulla::crypto
