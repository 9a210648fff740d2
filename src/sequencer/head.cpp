#include "sequencer/head.hpp"

namespace bulla::sequencer {

HeadPointer HeadFeed::newest() const {
    base::Lock const lock(mutex_);
    return head_;
}

void HeadFeed::publish(HeadPointer head) {
    {
        base::Lock const lock(mutex_);
        head_.swap(head);
    }
    generation_.fetch_add(1, std::memory_order_release);
    base::Lock const lock(listener_mutex_);
    if (listener_)
        listener_();
    // The head before, if nobody else holds it, ends here, outside the lock of readers.
}

void HeadFeed::listen(std::function<void()> listener) const {
    base::Lock const lock(listener_mutex_);
    listener_ = std::move(listener);
}

} // namespace bulla::sequencer
