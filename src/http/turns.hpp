// Who is served next on one I/O thread, when requests that cost far more than their refusal come faster than
// it can serve them. Each kind of them stands in a line of its own, by urgency.
//
//  1. The most urgent that waits gets the next turn; in one line, the one that came first.
//  2. A line is overloaded when it has not been empty for turn_burst_max, and for so long after it refused
//  somebody.
//     It holds no more then than get their turns within turn_wait_aim, at the pace of the last
//     turn_burst_max. So a burst is absorbed, and a lasting overload is refused at the door while those
//     inside wait a few milliseconds (the interval and target of CoDel, RFC 8289).
//  3. Nobody waits longer than turn_burst_max: a line that gets no turns, because more urgent ones take them
//  all,
//     refuses. For what is ongoing both times are turn_ongoing_max: to refuse it is to waste what was done
//     for it.
//  4. At most turn_line_max wait in a line.
//
// Pure: time comes in. Of one thread.
#pragma once

#include "http/limits.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace bulla::http {

// The most urgent first. What somebody has begun comes before what somebody begins.
enum class Urgency : std::uint8_t {
    at_once, // never waits: health, and what costs about as much as its refusal
    ongoing, // second steps of logins and registrations; changes by those who are signed in
    login,   // begins one
    registration,
    bulk, // proofs and tiles
};
inline constexpr std::size_t urgency_count = 5;

class Turns {
public:
    Turns() { lines_[std::to_underlying(Urgency::ongoing)].wait_max = turn_ongoing_max; }

    using Time = std::chrono::steady_clock::time_point;
    // Called once, with how long it waited when the turn has come, with nothing when it is refused.
    using Resume = std::move_only_function<void(std::optional<Time::duration>)>;

    // Whether a newcomer is taken in, or refused at the door. Not for at_once.
    bool open_for(Urgency urgency, Time now);
    void enter(Urgency urgency, Time now, Resume resume); // after open_for()

    // Those whose waiting ends now, out of the lines already: all that waited too long, and the one whose
    // turn it is. The caller calls them; they may enter again.
    struct Due {
        Resume resume;
        std::optional<Time::duration> waited;
        void operator()() { resume(waited); }
    };
    std::vector<Due> take(Time now);

    bool is_empty() const;

private:
    struct Waiter {
        Time since;
        Resume resume;
    };
    class Line {
    public:
        bool is_empty() const { return waiters_.empty(); }
        bool has_room(Time now) const;
        void enter(Time now, Resume resume);
        void refuse(Time now) { refused_ = now; }
        Due take(Time now);
        void take_late(Time now, std::vector<Due>& due);

        Time::duration wait_max = turn_burst_max;

    private:
        bool is_overloaded(Time now) const;
        std::size_t turns_within_aim() const;

        std::deque<Waiter> waiters_;
        Time filled_; // when it was empty last
        std::optional<Time> refused_; // somebody, last
        // Turns given since window_, and in the window of turn_burst_max before.
        Time window_;
        std::size_t given_ = 0;
        std::size_t given_before_ = 0;
    };

    std::array<Line, urgency_count> lines_;
};

} // namespace bulla::http
