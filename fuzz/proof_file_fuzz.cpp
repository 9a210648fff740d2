// Texts as proof files: what parses prints back to the same bytes.
#include "merkle/proof_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    namespace merkle = bulla::merkle;
    auto const text = bulla::base::as_text({bytes, size});
    if (auto const file = merkle::parse_proof_file(text))
        CHECK(merkle::print_proof_file(*file) == text);
    return 0;
}
