// Whether a thread still comes round its loop: a watcher asks, the thread answers where it comes round.
#pragma once

#include <atomic>

namespace bulla::net {

class Pulse {
public:
    bool is_asked() const { return asked_.load(std::memory_order_acquire); } // and has not answered yet
    void ask() { asked_.store(true, std::memory_order_release); }
    void answer() { asked_.store(false, std::memory_order_release); }

private:
    std::atomic<bool> asked_ = false;
};

} // namespace bulla::net
