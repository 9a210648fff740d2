#include "http/turns.hpp"

#include "base/check.hpp"

#include <algorithm>
#include <utility>

namespace bulla::http {

bool Turns::Line::is_overloaded(Time now) const {
    return now - filled_ > wait_max || (refused_ && now - *refused_ <= wait_max);
}

std::size_t Turns::Line::turns_within_aim() const {
    return std::max(given_, given_before_) * turn_wait_aim / turn_burst_max;
}

bool Turns::Line::has_room(Time now) const {
    if (waiters_.empty())
        return true;
    return waiters_.size() < (is_overloaded(now) ? turns_within_aim() : turn_line_max);
}

void Turns::Line::enter(Time now, Resume resume) {
    if (waiters_.empty())
        filled_ = now;
    waiters_.push_back({.since = now, .resume = std::move(resume)});
}

Turns::Due Turns::Line::take(Time now) {
    if (now - window_ > turn_burst_max) {
        given_before_ = now - window_ <= 2 * turn_burst_max ? given_ : 0;
        given_ = 0;
        window_ = now;
    }
    ++given_;
    auto& [since, resume] = waiters_.front();
    Due due{.resume = std::move(resume), .waited = now - since};
    waiters_.pop_front();
    return due;
}

void Turns::Line::take_late(Time now, std::vector<Due>& due) {
    for (; !waiters_.empty() && now - waiters_.front().since > wait_max; waiters_.pop_front()) {
        refused_ = now;
        due.push_back({.resume = std::move(waiters_.front().resume), .waited = std::nullopt});
    }
}

bool Turns::open_for(Urgency urgency, Time now) {
    CHECK(urgency != Urgency::at_once);
    auto& line = lines_[std::to_underlying(urgency)];
    if (line.has_room(now))
        return true;
    line.refuse(now);
    return false;
}

void Turns::enter(Urgency urgency, Time now, Resume resume) {
    lines_[std::to_underlying(urgency)].enter(now, std::move(resume));
}

std::vector<Turns::Due> Turns::take(Time now) {
    std::vector<Due> due;
    for (auto& line : lines_)
        line.take_late(now, due);
    auto const next = std::ranges::find_if(lines_, [](Line const& line) { return !line.is_empty(); });
    if (next != lines_.end())
        due.push_back(next->take(now));
    return due;
}

bool Turns::is_empty() const {
    return std::ranges::all_of(lines_, &Line::is_empty);
}

} // namespace bulla::http
