// Texts as checkpoints: ours print back to the same bytes, and what is ours is also acceptable as another's.
#include "merkle/checkpoint.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    namespace merkle = bulla::merkle;
    auto const text = bulla::base::as_text({bytes, size});
    auto const foreign = merkle::parse_foreign_checkpoint(text);
    if (auto const own = merkle::parse_checkpoint(text)) {
        CHECK(merkle::print_checkpoint(*own) == text);
        CHECK(foreign && *foreign == *own);
    }
    return 0;
}
