// Bytes as the files of encrypted keys: a wrapping that parses encodes to the same bytes, and no sealed file
// opens under a name or key that it was not sealed with.
// LINK: service
#include "service/key_wrapping.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    namespace service = bulla::service;
    bulla::base::ByteView const file(bytes, size);
    if (auto const wrapping = service::parse_wrapping(file))
        CHECK(std::ranges::equal(service::encode(*wrapping), file));
    // The key of the corpus: 32 bytes of 0x42. What it opens are the seeds, all of them of one zero key.
    auto const wrapping_key = bulla::crypto::AeadKey::make([](auto span) { std::ranges::fill(span, 0x42); });
    if (auto const key = service::open_key(wrapping_key, "log", file))
        CHECK(key->size() + service::sealed_size(0) == size &&
              std::ranges::all_of(key->expose(), [](std::uint8_t byte) { return byte == 0; }));
    return 0;
}
