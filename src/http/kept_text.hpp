// A text that costs more to make than to send: made anew for each who asks, as long as few ask; a flood gets
// the last one made.
//
// A second refills kept_text_rate makings, and no more than those are saved up: so in any span of t seconds
// it is made at most (1 + t) * kept_text_rate times. Time comes in, from a clock that never goes back. From
// any thread.
#pragma once

#include "base/mutex.hpp"
#include "http/limits.hpp"

#include <string>

namespace bulla::http {

class KeptText {
public:
    using Time = std::chrono::steady_clock::time_point;

    template <class Make>
    std::string read(Time now, Make const& make) {
        base::Lock const lock(mutex_);
        auto constexpr spacing = std::chrono::nanoseconds(std::chrono::seconds(1)) / kept_text_rate;
        // The moment at which all makings are saved up again; a second ahead: none is left.
        auto const full_at = std::max(full_at_, now) + spacing;
        if (full_at - now <= std::chrono::seconds(1)) {
            text_ = make();
            full_at_ = full_at;
        }
        return text_;
    }

private:
    base::Mutex mutex_;
    Time full_at_ GUARDED_BY(mutex_);
    std::string text_ GUARDED_BY(mutex_);
};

} // namespace bulla::http
