// Any bytes as one item of deterministic CBOR: what the reader accepts, the writer prints again byte for
// byte.
#include "../tests/support/cbor_transcript.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    bulla::base::ByteView const input(bytes, size);
    if (auto const transcript = bulla::test::CborTranscript::of(input))
        CHECK(std::ranges::equal(*transcript, input));
    return 0;
}
