// How many lines of one kind the log takes: the first ten in any ten seconds. The rest are counted, and the
// next line that is written says how many were left out. So a flood of refused logins costs neither disk nor
// the time of those who answer; the metrics count them all.
#pragma once

#include "base/mutex.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace bulla::cli {

class LogQuota {
public:
    static constexpr std::uint64_t lines_max = 10;
    static constexpr std::chrono::seconds window{10};

    // How many lines were left out before this one, which may be written; nothing: leave it out.
    std::optional<std::uint64_t> ask(std::chrono::steady_clock::time_point now);

private:
    base::Mutex mutex_;
    std::optional<std::chrono::steady_clock::time_point> began_ GUARDED_BY(mutex_); // of the window
    std::uint64_t written_ GUARDED_BY(mutex_) = 0; // in the window
    std::uint64_t left_out_ GUARDED_BY(mutex_) = 0;
};

} // namespace bulla::cli
