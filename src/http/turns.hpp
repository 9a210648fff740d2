// Who is served next on one I/O thread, when requests that cost far more than their refusal come faster than
// it can serve them. Each kind of them stands in a line of its own, by urgency.
//
//  1. The most urgent that waits gets the next turn; in one line, the one that came first.
//  2. A line that has not been empty for turn_burst_max is overloaded: it takes in newcomers only while its
//  first
//     has waited no longer than turn_wait_aim. So a burst is absorbed, and a lasting overload is refused at
//     the door while those inside wait a few milliseconds (the target and interval of CoDel, RFC 8289).
//  3. Nobody waits longer than turn_burst_max: a line that gets no turns, because more urgent ones take them
//  all,
//     refuses.
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
#include <vector>

namespace bulla::http {

// The most urgent first. What somebody has begun comes before what somebody begins.
enum class Urgency : std::uint8_t {
    at_once, // never waits: health, and what costs about as much as its refusal
    ongoing, // the second step of a login; changes by those who are signed in
    login,   // begins one
    ongoing_registration,
    registration,
    bulk, // proofs and tiles
};
inline constexpr std::size_t urgency_count = 6;

class Turns {
public:
    using Time = std::chrono::steady_clock::time_point;
    // Called once, with how long it waited when the turn has come, with nothing when it is refused.
    using Resume = std::move_only_function<void(std::optional<Time::duration>)>;

    // Whether a newcomer is taken in, or refused at the door. Not for at_once.
    bool has_room(Urgency urgency, Time now) const;
    void enter(Urgency urgency, Time now, Resume resume); // where there is room

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
    struct Line {
        std::deque<Waiter> waiters;
        Time filled; // when it was empty last
    };

    std::array<Line, urgency_count> lines_;
};

} // namespace bulla::http
