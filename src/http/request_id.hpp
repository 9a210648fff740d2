// The name of one request: in its answer as X-Request-Id, in the log, and in the body of a 500, so that who
// reports a failure can say which. Random, so that it tells nothing about other requests; what a client sends
// under this name is never looked at.
#pragma once

#include "crypto/random.hpp"

#include <array>
#include <string_view>

namespace bulla::http {

struct RequestId {
    std::array<char, 16> digits{}; // lower-case hexadecimal; zero bytes: no request yet

    std::string_view text() const { return {digits.data(), digits.size()}; }
};

// Draws many at once: one call of the system for 64 requests. Of one thread.
class RequestIds {
public:
    RequestId next();

private:
    static constexpr std::size_t id_size = 8;

    crypto::SystemRandomness randomness_;
    std::array<std::uint8_t, 64 * id_size> drawn_{};
    std::size_t used_ = drawn_.size();
};

} // namespace bulla::http
