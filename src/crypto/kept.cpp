#include "crypto/kept.hpp"

#include <sodium.h>

#if __has_feature(address_sanitizer)
#include <sanitizer/lsan_interface.h>
#endif

namespace bulla::crypto {
namespace {

// The leak checker does not look into mapped pages by itself, and would call leaked what only such an object
// owns.
void show_to_leak_checker([[maybe_unused]] void* place, [[maybe_unused]] std::size_t size) {
#if __has_feature(address_sanitizer)
    __lsan_register_root_region(place, size);
#endif
}
void hide_from_leak_checker([[maybe_unused]] void* place, [[maybe_unused]] std::size_t size) {
#if __has_feature(address_sanitizer)
    __lsan_unregister_root_region(place, size);
#endif
}

} // namespace

void* allocate_kept(std::size_t size) {
    void* const place = sodium_malloc(size);
    CHECK(place != nullptr);
    show_to_leak_checker(place, size);
    return place;
}

void free_kept(void* place, std::size_t size) noexcept {
    hide_from_leak_checker(place, size);
    sodium_free(place);
}

} // namespace bulla::crypto
