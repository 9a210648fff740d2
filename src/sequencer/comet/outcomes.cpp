#include "sequencer/comet/outcomes.hpp"

#include "sequencer/comet/limits.hpp"

#include <boost/asio/post.hpp>

namespace bulla::sequencer::comet {

bool Outcomes::add(store::TransactionHash const& hash, WaitPointer const& wait) {
    base::Lock const lock(mutex_);
    if (has_ended_ || waiting_.size() >= waiting_max)
        return false;
    waiting_.emplace(hash, wait);
    return true;
}

bool Outcomes::remove(store::TransactionHash const& hash, WaitPointer const& wait) {
    base::Lock const lock(mutex_);
    auto [place, end] = waiting_.equal_range(hash);
    while (place != end)
        place = place->second == wait ? waiting_.erase(place) : std::next(place);
    return !waiting_.contains(hash);
}

void Outcomes::settle(BlockOutcomes const& outcomes) {
    for (auto const& [hash, outcome] : outcomes) {
        base::Lock const lock(mutex_);
        auto const [begin, end] = waiting_.equal_range(hash);
        for (auto place = begin; place != end; ++place)
            boost::asio::post(place->second->event.get_executor(),
                              [wait = place->second, result = outcome]() mutable {
                                  wait->outcome = std::move(result);
                                  wait->event.cancel();
                              });
        waiting_.erase(begin, end);
    }
}

void Outcomes::end() {
    base::Lock const lock(mutex_);
    has_ended_ = true;
    for (auto const& each : waiting_)
        boost::asio::post(each.second->event.get_executor(), [wait = each.second] {
            wait->has_ended = true;
            wait->event.cancel();
        });
    waiting_.clear();
}

std::size_t Outcomes::size() const {
    base::Lock const lock(mutex_);
    return waiting_.size();
}

} // namespace bulla::sequencer::comet
