#include "http/turns.hpp"

#include "base/check.hpp"

#include <algorithm>
#include <utility>

namespace bulla::http {

bool Turns::has_room(Urgency urgency, Time now) const {
    auto const& line = lines_[std::to_underlying(urgency)];
    if (line.waiters.empty())
        return true;
    bool const is_overloaded = now - line.filled > turn_burst_max;
    auto const patience = is_overloaded ? turn_wait_aim : turn_burst_max;
    return line.waiters.size() < turn_line_max && now - line.waiters.front().since <= patience;
}

void Turns::enter(Urgency urgency, Time now, Resume resume) {
    CHECK(urgency != Urgency::at_once && has_room(urgency, now));
    auto& line = lines_[std::to_underlying(urgency)];
    if (line.waiters.empty())
        line.filled = now;
    line.waiters.push_back({.since = now, .resume = std::move(resume)});
}

std::vector<Turns::Due> Turns::take(Time now) {
    std::vector<Due> due;
    for (auto& [waiters, filled] : lines_)
        for (; !waiters.empty() && now - waiters.front().since > turn_burst_max; waiters.pop_front())
            due.push_back({.resume = std::move(waiters.front().resume), .waited = std::nullopt});
    auto const line = std::ranges::find_if(lines_, [](Line const& one) { return !one.waiters.empty(); });
    if (line == lines_.end())
        return due;
    auto& [since, resume] = line->waiters.front();
    due.push_back({.resume = std::move(resume), .waited = now - since});
    line->waiters.pop_front();
    return due;
}

bool Turns::is_empty() const {
    return std::ranges::all_of(lines_, [](Line const& line) { return line.waiters.empty(); });
}

} // namespace bulla::http
