// A mutex that -Wthread-safety understands. Never held across co_await.
#pragma once

#include <condition_variable>
#include <mutex>

#define BULLA_CAPABILITY(name) __attribute__((capability(name)))
#define GUARDED_BY(mutex) __attribute__((guarded_by(mutex)))
#define REQUIRES(mutex) __attribute__((requires_capability(mutex)))

namespace bulla::base {

class BULLA_CAPABILITY("mutex") Mutex {
public:
    void lock() __attribute__((acquire_capability())) { mutex_.lock(); }
    void unlock() __attribute__((release_capability())) { mutex_.unlock(); }

private:
    std::mutex mutex_;
};

class __attribute__((scoped_lockable)) Lock {
public:
    explicit Lock(Mutex& mutex) __attribute__((acquire_capability(mutex))) : mutex_(mutex) { mutex_.lock(); }
    ~Lock() __attribute__((release_capability())) { mutex_.unlock(); }
    Lock(Lock const&) = delete;
    Lock& operator=(Lock const&) = delete;

private:
    Mutex& mutex_;
};

// Waits with a Mutex held: condition.wait(mutex) releases it meanwhile. Check the condition in a loop.
using Condition = std::condition_variable_any;

} // namespace bulla::base
