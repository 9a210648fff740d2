// Texts as notes and as verifier keys. What parses prints back to the same bytes; a note that opens under the
// key of the C2SP example has the example's text, since nobody here can sign another.
#include "merkle/note.hpp"

namespace {

namespace base = bulla::base;
namespace merkle = bulla::merkle;

constexpr std::string_view known_key =
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    auto const text = base::as_text({bytes, size});
    if (auto const note = merkle::parse_note(text))
        CHECK(merkle::print_note(*note) == text);
    if (auto const lines = merkle::parse_note_lines(text)) {
        std::string printed;
        for (auto const& line : *lines)
            printed += merkle::print_note_line(line);
        CHECK(printed == text);
    }
    if (auto const key = merkle::VerifierKey::parse(text))
        CHECK(key->print() == text);
    auto const key = merkle::VerifierKey::parse(known_key);
    CHECK(key.has_value());
    if (auto const opened = merkle::open_note(text, std::span(&*key, 1)))
        CHECK(opened->text == "This is an example message.\n" && opened->signatures.size() == 1);
    return 0;
}
