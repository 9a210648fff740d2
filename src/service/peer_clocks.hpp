// What the other nodes' clocks say, by the times of their messages: a node whose clock differs from most of
// them is told so, since nobody hears it then (question_age_max). Thread-safe.
#pragma once

#include "base/mutex.hpp"
#include "base/time.hpp"
#include "ledger/types.hpp"
#include "net/stopwatch.hpp"

#include <map>

namespace bulla::service {

class PeerClocks {
public:
    static constexpr std::chrono::seconds memory{60}; // what was seen before says nothing

    // Of a message that this node has sealed, whatever its time.
    enum class Time : std::uint8_t { like_own, other };
    void note(ledger::NodeId const& node, Time time);
    // Whether more than half of the other nodes have another time. `nodes`: of the list, this one among them.
    bool is_own_wrong(std::size_t nodes) const;

private:
    struct Seen {
        std::chrono::nanoseconds when; // since this node began
        Time time = Time::like_own;
    };
    net::Stopwatch const running_;
    mutable base::Mutex mutex_;
    std::map<ledger::NodeId, Seen> seen_ GUARDED_BY(mutex_);
};

} // namespace bulla::service
