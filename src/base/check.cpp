#include "base/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace bulla::base {

void check_failed(char const* condition, char const* file, int line) noexcept {
    std::fprintf(stderr, "%s:%d: internal check failed: %s\n", file, line, condition);
    std::abort();
}

} // namespace bulla::base
