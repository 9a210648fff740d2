// Texts as tile paths: what parses prints back. The same bytes as an entry bundle of the width in the first
// byte: what parses encodes to the same bytes.
#include "merkle/tile.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    namespace merkle = bulla::merkle;
    auto const text = bulla::base::as_text({bytes, size});
    if (auto const resource = merkle::parse_tile_path(text))
        CHECK(std::visit([](auto const& id) { return merkle::tile_path(id); }, *resource) == text);
    if (size == 0)
        return 0;
    auto const bundle = bulla::base::ByteView{bytes, size}.subspan(1);
    if (auto const entries = merkle::parse_bundle(bundle, bytes[0]))
        CHECK(std::ranges::equal(merkle::encode_bundle(*entries), bundle));
    return 0;
}
