// How long something took, for metrics: the one use of the steady clock below http besides deadlines.
#pragma once

#include <chrono>

namespace bulla::net {

class Stopwatch {
public:
    std::chrono::nanoseconds elapsed() const { return std::chrono::steady_clock::now() - began_; }

private:
    std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

} // namespace bulla::net
