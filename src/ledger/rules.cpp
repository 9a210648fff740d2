#include "ledger/rules.hpp"

namespace bulla::ledger {

// Alone in its file: a program of the tests that knows one version more brings its own (tests/next_rules).
std::uint64_t newest_rules() {
    return 1;
}

} // namespace bulla::ledger
