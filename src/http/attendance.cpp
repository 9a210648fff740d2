#include "http/attendance.hpp"

namespace bulla::http {

bool Attendance::admit(base::ByteBuffer const& prefix) {
    base::Lock const lock(mutex_);
    if (connections_ >= places_.all)
        return false;
    if (!prefix.empty()) {
        auto const found = by_prefix_.try_emplace(prefix, 0).first;
        if (found->second >= places_.per_prefix) {
            if (found->second == 0)
                by_prefix_.erase(found);
            return false;
        }
        ++found->second;
    }
    ++connections_;
    ++present_;
    return true;
}

// Notified with the mutex held: once a waiter sees nobody here, nothing of this object is touched any more.
void Attendance::leave(base::ByteBuffer const& prefix) {
    base::Lock const lock(mutex_);
    if (!prefix.empty()) {
        auto const found = by_prefix_.find(prefix);
        CHECK(found != by_prefix_.end());
        if (--found->second == 0)
            by_prefix_.erase(found);
    }
    --connections_;
    --present_;
    changed_.notify_all();
}

void Attendance::enter() {
    base::Lock const lock(mutex_);
    ++present_;
}

void Attendance::leave() {
    base::Lock const lock(mutex_);
    --present_;
    changed_.notify_all();
}

std::size_t Attendance::connections() const {
    base::Lock const lock(mutex_);
    return connections_;
}

bool Attendance::wait_until_empty(std::chrono::steady_clock::time_point time) {
    base::Lock const lock(mutex_);
    while (present_ > 0)
        if (changed_.wait_until(mutex_, time) == std::cv_status::timeout)
            return present_ == 0;
    return true;
}

void Attendance::wait_until_empty() {
    base::Lock const lock(mutex_);
    while (present_ > 0)
        changed_.wait(mutex_);
}

} // namespace bulla::http
