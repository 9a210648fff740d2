#include "cli/log_quota.hpp"

#include <utility>

namespace bulla::cli {

std::optional<std::uint64_t> LogQuota::ask(std::chrono::steady_clock::time_point now) {
    base::Lock const lock(mutex_);
    if (!began_ || now - *began_ >= window) {
        began_ = now;
        written_ = 0;
    }
    if (written_ == lines_max) {
        ++left_out_;
        return std::nullopt;
    }
    ++written_;
    return std::exchange(left_out_, 0);
}

} // namespace bulla::cli
