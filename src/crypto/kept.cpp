#include "crypto/kept.hpp"

#include <sodium.h>

namespace bulla::crypto {

void* allocate_kept(std::size_t size) {
    void* const place = sodium_malloc(size);
    CHECK(place != nullptr);
    return place;
}

void free_kept(void* place) noexcept {
    sodium_free(place);
}

} // namespace bulla::crypto
