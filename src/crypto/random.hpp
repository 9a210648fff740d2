// The system's random generator.
#pragma once

#include "base/time.hpp"

namespace bulla::crypto {

class SystemRandomness final : public base::Randomness {
public:
    void fill(base::ByteSpan bytes) override;
};

// N random bytes of one meaning, e.g. random_bytes<SessionId>(randomness).
template <class Fixed>
Fixed random_bytes(base::Randomness& randomness) {
    Fixed result;
    randomness.fill(result.writable());
    return result;
}

} // namespace bulla::crypto
