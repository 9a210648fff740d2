#include "store/fault.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

namespace bulla::store {

void fatal_store_error(StoreFault const& fault) noexcept {
    fmt::print(stderr, "fatal: the disk failed at {}: {}\n", fault.place, fault.detail);
    std::abort();
}

} // namespace bulla::store
