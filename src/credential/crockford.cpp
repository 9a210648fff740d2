#include "credential/crockford.hpp"

namespace bulla::credential {
namespace {

constexpr std::size_t symbol_bits = 5;
constexpr std::size_t group = 4;
constexpr unsigned digits = 32;

// Bit 0 is the highest of the first byte.
unsigned bit_of(base::ByteView bytes, std::size_t place) {
    return (bytes[place / 8] >> (7 - place % 8)) & 1U;
}

} // namespace

// Codes are typed and printed, so a table looked up by their symbols is as much as anybody sees.
std::optional<unsigned> crockford_value(std::uint8_t character) {
    auto symbol = static_cast<char>(character);
    if (symbol >= 'a' && symbol <= 'z')
        symbol = static_cast<char>(symbol - 'a' + 'A');
    if (symbol == 'O')
        return 0;
    if (symbol == 'I' || symbol == 'L')
        return 1;
    auto const place = crockford_symbols.find(symbol);
    if (place == std::string_view::npos)
        return std::nullopt;
    return static_cast<unsigned>(place);
}

std::string spell(base::ByteView bytes) {
    CHECK(bytes.size() * 8 % symbol_bits == 0);
    std::string text;
    for (std::size_t place = 0; place < bytes.size() * 8 / symbol_bits; ++place) {
        if (place > 0 && place % group == 0)
            text += '-';
        unsigned value = 0;
        for (std::size_t bit = 0; bit < symbol_bits; ++bit)
            value = value << 1 | bit_of(bytes, symbol_bits * place + bit);
        text += crockford_symbols[value];
    }
    return text;
}

std::optional<base::ByteBuffer> parse_spelling(std::string_view text, std::size_t size) {
    base::ByteBuffer bytes(size);
    std::size_t place = 0;
    for (auto const character : base::as_bytes(text)) {
        if (character == '-' || character == ' ')
            continue;
        auto const value = crockford_value(character);
        if (!value || *value >= digits || place + symbol_bits > size * 8)
            return std::nullopt;
        for (std::size_t bit = 0; bit < symbol_bits; ++bit, ++place)
            bytes[place / 8] |=
                static_cast<std::uint8_t>((*value >> (symbol_bits - 1 - bit) & 1U) << (7 - place % 8));
    }
    if (place != size * 8)
        return std::nullopt;
    return bytes;
}

std::string fingerprint(CredentialId const& credential) {
    return spell(credential.view().first(fingerprint_size));
}

} // namespace bulla::credential
