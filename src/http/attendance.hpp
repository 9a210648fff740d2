// Who is still here: connections and coroutines of one server, counted so that its end can wait for them, and
// connections counted by address prefix so that one source cannot take all the places.
#pragma once

#include "base/bytes.hpp"
#include "base/mutex.hpp"

#include <chrono>
#include <map>

namespace bulla::http {

class Attendance {
public:
    struct Places {
        std::size_t all = 0; // connections
        std::size_t per_prefix = 0; // connections of one prefix
    };
    explicit Attendance(Places places) : places_(places) {}

    // Takes a place for a connection; false when there is none. An empty prefix counts for all alone.
    bool admit(base::ByteBuffer const& prefix);
    void leave(base::ByteBuffer const& prefix);

    // For coroutines that are no connection.
    void enter();
    void leave();

    std::size_t connections() const;

    // False when somebody is still here at that time.
    bool wait_until_empty(std::chrono::steady_clock::time_point time);
    void wait_until_empty();

private:
    Places const places_;
    mutable base::Mutex mutex_;
    base::Condition changed_;
    std::size_t present_ GUARDED_BY(mutex_) = 0;
    std::size_t connections_ GUARDED_BY(mutex_) = 0;
    std::map<base::ByteBuffer, std::size_t> by_prefix_ GUARDED_BY(mutex_); // no zeros
};

} // namespace bulla::http
