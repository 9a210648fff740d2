// How many sign-ins were completed in each hour, at this node since it started: for a chart that everybody
// can look at.
//
// No name and no address is kept, seven days at most, in memory alone. What is told is rounded down to a
// multiple of `told_step`, so that where one person has an account the chart does not show when they come.
#pragma once

#include "base/mutex.hpp"
#include "base/time.hpp"

#include <array>
#include <vector>

namespace bulla::service {

class SignInHours {
public:
    static constexpr std::size_t hours_max = 7 * 24;
    static constexpr std::uint32_t told_step = 5;

    void begin(base::Timestamp now); // the node starts
    // A clock that went back counts for the newest hour there is.
    void add(base::Timestamp now);

    struct View {
        base::Timestamp since; // the start of the count
        base::Timestamp first; // the hour of the first of the counts
        std::vector<std::uint32_t> counts; // an hour each, the present one last; rounded down
    };
    View view(base::Timestamp now);

private:
    using Hour = std::int64_t; // whole hours since 1970
    void advance(Hour hour) REQUIRES(mutex_);

    base::Mutex mutex_;
    base::Timestamp since_ GUARDED_BY(mutex_);
    Hour newest_ GUARDED_BY(mutex_) = 0;
    std::array<std::uint32_t, hours_max> counts_ GUARDED_BY(mutex_){}; // an hour's, modulo their number
};

} // namespace bulla::service
