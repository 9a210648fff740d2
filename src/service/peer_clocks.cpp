#include "service/peer_clocks.hpp"

#include <algorithm>

namespace bulla::service {

void PeerClocks::note(ledger::NodeId const& node, Time time) {
    base::Lock const lock(mutex_);
    seen_.insert_or_assign(node, Seen{.when = running_.elapsed(), .time = time});
}

bool PeerClocks::is_own_wrong(std::size_t nodes) const {
    auto const since = running_.elapsed() - memory;
    base::Lock const lock(mutex_);
    auto const others = std::ranges::count_if(seen_, [&](auto const& each) {
        return each.second.time == Time::other && each.second.when >= since;
    });
    return 2 * static_cast<std::size_t>(others) > nodes - 1;
}

} // namespace bulla::service
