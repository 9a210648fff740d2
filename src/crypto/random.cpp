#include "crypto/random.hpp"

#include <sodium.h>

namespace bulla::crypto {

void SystemRandomness::fill(base::ByteSpan bytes) {
    if (!bytes.empty())
        randombytes_buf(bytes.data(), bytes.size());
}

} // namespace bulla::crypto
