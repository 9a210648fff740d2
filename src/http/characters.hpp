// The character classes of HTTP and URIs (RFC 9110 §5.6.2, RFC 3986 §3.3), as constant tables.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace bulla::http {

using CharacterSet = std::array<bool, 256>;

consteval CharacterSet letters_and_digits_and(std::string_view others) {
    CharacterSet set{};
    for (char const character :
         std::string_view("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        set[static_cast<std::uint8_t>(character)] = true;
    for (char const character : others)
        set[static_cast<std::uint8_t>(character)] = true;
    return set;
}

inline constexpr CharacterSet token_characters = letters_and_digits_and("!#$%&'*+-.^_`|~");
inline constexpr CharacterSet path_characters = letters_and_digits_and("-._~!$&'()*+,;=:@/%");
inline constexpr CharacterSet query_characters = letters_and_digits_and("-._~!$&'()*+,;=:@/%?");
inline constexpr CharacterSet host_name_characters = letters_and_digits_and("-._");

constexpr bool contains(CharacterSet const& set, char character) {
    return set[static_cast<std::uint8_t>(character)];
}
constexpr bool is_all_of(std::string_view text, CharacterSet const& set) {
    for (char const character : text)
        if (!contains(set, character))
            return false;
    return true;
}

// Below space, and DEL. Horizontal tab is one.
constexpr bool is_control(char character) {
    auto const byte = static_cast<std::uint8_t>(character);
    return byte < 0x20 || byte == 0x7f;
}

constexpr std::optional<std::uint8_t> hex_digit(char character) {
    if (character >= '0' && character <= '9')
        return static_cast<std::uint8_t>(character - '0');
    if (character >= 'a' && character <= 'f')
        return static_cast<std::uint8_t>(character - 'a' + 10);
    if (character >= 'A' && character <= 'F')
        return static_cast<std::uint8_t>(character - 'A' + 10);
    return std::nullopt;
}

// The byte that "%xy" at the beginning of the text stands for; nothing when it is not one.
constexpr std::optional<std::uint8_t> percent_byte(std::string_view text) {
    if (text.size() < 3 || text[0] != '%')
        return std::nullopt;
    auto const high = hex_digit(text[1]);
    auto const low = hex_digit(text[2]);
    if (!high || !low)
        return std::nullopt;
    return static_cast<std::uint8_t>(*high << 4 | *low);
}

} // namespace bulla::http
