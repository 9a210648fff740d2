#include "net/system_clock.hpp"

#include <algorithm>

namespace bulla::net {

// A clock set before 1970 reads as 1970: a Timestamp is never negative.
base::Timestamp SystemClock::now() const {
    auto const now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    return std::max(now, base::Timestamp{});
}

} // namespace bulla::net
