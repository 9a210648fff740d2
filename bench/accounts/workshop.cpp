#include "workshop.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bulla::bench {
namespace {

constexpr std::size_t finished_max = 2;

} // namespace

Workshop::Workshop(Order const& order, RegistrationMaker const& maker, base::Clock const& clock,
                   sequencer::CheckMemory& checks)
    : order_(order), maker_(maker), clock_(clock), checks_(checks), next_number_(order.first),
      delivered_(order.first) {
    for (std::size_t number = 0; number < order.threads; ++number)
        threads_.emplace_back(fmt::format("maker-{}", number),
                              [this](std::stop_token const& stop) { work(stop); });
}

std::optional<Workshop::Batch> Workshop::next() {
    base::Lock const lock(mutex_);
    if (delivered_ == order_.end)
        return std::nullopt;
    changed_.wait(mutex_, [this]() REQUIRES(mutex_) { return finished_.contains(delivered_); });
    auto batch = std::move(finished_.extract(delivered_).mapped());
    delivered_ += batch.size();
    changed_.notify_all();
    return batch;
}

std::optional<std::pair<std::uint64_t, std::uint64_t>> Workshop::take_numbers() {
    base::Lock const lock(mutex_);
    if (next_number_ == order_.end)
        return std::nullopt;
    auto const first = next_number_;
    next_number_ = std::min(first + order_.batch, order_.end);
    return std::pair(first, next_number_);
}

void Workshop::work(std::stop_token const& stop) {
    while (auto const numbers = take_numbers()) {
        Batch batch;
        batch.reserve(numbers->second - numbers->first);
        auto const now = clock_.now();
        for (auto number = numbers->first; number < numbers->second && !stop.stop_requested(); ++number)
            batch.push_back(maker_.make(number, now, &checks_));
        base::Lock const lock(mutex_);
        auto const first = numbers->first;
        changed_.wait(mutex_, stop, [&]() REQUIRES(mutex_) {
            return finished_.size() < finished_max || first == delivered_;
        });
        if (stop.stop_requested())
            return;
        finished_.emplace(first, std::move(batch));
        changed_.notify_all();
    }
}

} // namespace bulla::bench
