#include "service/sign_in_hours.hpp"

#include <algorithm>

namespace bulla::service {
namespace {

std::int64_t hour_of(base::Timestamp time) {
    return std::chrono::floor<std::chrono::hours>(time).time_since_epoch().count();
}

std::size_t place_of(std::int64_t hour) {
    return static_cast<std::size_t>(hour) % SignInHours::hours_max;
}

} // namespace

void SignInHours::begin(base::Timestamp now) {
    base::Lock const lock(mutex_);
    since_ = now;
    newest_ = hour_of(now);
    counts_.fill(0);
}

void SignInHours::advance(Hour hour) {
    auto const passed = std::min<Hour>(hour - newest_, hours_max);
    for (Hour i = 0; i < passed; ++i)
        counts_[place_of(hour - i)] = 0;
    newest_ = std::max(newest_, hour);
}

void SignInHours::add(base::Timestamp now) {
    base::Lock const lock(mutex_);
    advance(hour_of(now));
    ++counts_[place_of(newest_)];
}

SignInHours::View SignInHours::view(base::Timestamp now) {
    base::Lock const lock(mutex_);
    advance(hour_of(now));
    auto const oldest = newest_ - static_cast<Hour>(hours_max) + 1;
    auto const first = std::max(hour_of(since_), oldest);
    View view{.since = since_, .first = base::Timestamp(std::chrono::hours{first}), .counts = {}};
    for (auto hour = first; hour <= newest_; ++hour) {
        auto const count = counts_[place_of(hour)];
        view.counts.push_back(count - count % told_step);
    }
    return view;
}

} // namespace bulla::service
