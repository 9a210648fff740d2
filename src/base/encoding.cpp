#include "base/encoding.hpp"

namespace bulla::base {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view base64_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view base64url_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::array<std::int8_t, 256> invert(std::string_view alphabet) {
    std::array<std::int8_t, 256> table{};
    table.fill(-1);
    for (std::size_t index = 0; index < alphabet.size(); ++index)
        table[static_cast<unsigned char>(alphabet[index])] = static_cast<std::int8_t>(index);
    return table;
}
constexpr auto hex_values = invert(hex_digits);
constexpr auto base64_values = invert(base64_alphabet);
constexpr auto base64url_values = invert(base64url_alphabet);

// Three bytes are four characters; one or two left over are two or three.
std::string encode64(ByteView bytes, std::string_view alphabet) {
    std::string out((bytes.size() * 4 + 2) / 3, '\0');
    auto character = out.begin();
    for (; !bytes.empty(); bytes = bytes.subspan(std::min<std::size_t>(bytes.size(), 3))) {
        auto const count = std::min<std::size_t>(bytes.size(), 3);
        std::uint32_t bits = 0;
        for (std::size_t index = 0; index < 3; ++index)
            bits = bits << 8 | (index < count ? bytes[index] : 0u);
        for (std::size_t index = 0; index <= count; ++index)
            *character++ = alphabet[bits >> (18 - 6 * index) & 63];
    }
    return out;
}

std::optional<ByteBuffer> decode64(std::string_view text, std::array<std::int8_t, 256> const& values) {
    if (text.size() % 4 == 1)
        return std::nullopt;
    ByteBuffer out;
    out.reserve(text.size() * 3 / 4);
    std::uint32_t bits = 0;
    int bit_count = 0;
    for (char const character : text) {
        auto const value = values[static_cast<unsigned char>(character)];
        if (value < 0)
            return std::nullopt;
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        bit_count += 6;
        if (bit_count >= 8) {
            bit_count -= 8;
            out.push_back(static_cast<std::uint8_t>(bits >> bit_count));
            bits &= (1u << bit_count) - 1;
        }
    }
    if (bits != 0) // unused bits must be zero, or one value would have several spellings
        return std::nullopt;
    return out;
}

// How many bytes a character with this lead byte has; 0 for none of them.
std::size_t utf8_length(std::uint8_t lead) {
    if (lead < 0x80)
        return 1;
    if (lead < 0xc2 || lead > 0xf4) // a continuation, an overlong form, or beyond U+10FFFF
        return 0;
    return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

} // namespace

std::string to_hex(ByteView bytes) {
    std::string out;
    out.reserve(bytes.size() * 2);
    for (std::uint8_t const byte : bytes) {
        out.push_back(hex_digits[byte >> 4]);
        out.push_back(hex_digits[byte & 15]);
    }
    return out;
}

std::optional<ByteBuffer> parse_hex(std::string_view text) {
    if (text.size() % 2 != 0)
        return std::nullopt;
    ByteBuffer out;
    out.reserve(text.size() / 2);
    for (std::size_t index = 0; index < text.size(); index += 2) {
        auto const high = hex_values[static_cast<unsigned char>(text[index])];
        auto const low = hex_values[static_cast<unsigned char>(text[index + 1])];
        if (high < 0 || low < 0)
            return std::nullopt;
        out.push_back(static_cast<std::uint8_t>(high << 4 | low));
    }
    return out;
}

std::string to_base64(ByteView bytes) {
    auto out = encode64(bytes, base64_alphabet);
    out.append((4 - out.size() % 4) % 4, '=');
    return out;
}

std::optional<ByteBuffer> parse_base64(std::string_view text) {
    if (text.size() % 4 != 0)
        return std::nullopt;
    for (int padding = 0; padding < 2 && text.ends_with('='); ++padding)
        text.remove_suffix(1);
    return decode64(text, base64_values);
}

std::string to_base64url(ByteView bytes) {
    return encode64(bytes, base64url_alphabet);
}

std::optional<ByteBuffer> parse_base64url(std::string_view text) {
    return decode64(text, base64url_values);
}

std::optional<std::uint64_t> parse_decimal(std::string_view text) {
    if (text.empty() || (text.size() > 1 && text.front() == '0'))
        return std::nullopt;
    std::uint64_t number = 0;
    for (char const character : text) {
        if (character < '0' || character > '9')
            return std::nullopt;
        if (__builtin_mul_overflow(number, std::uint64_t{10}, &number) ||
            __builtin_add_overflow(number, static_cast<std::uint64_t>(character - '0'), &number))
            return std::nullopt;
    }
    return number;
}

bool is_utf8(std::string_view text) {
    auto const bytes = as_bytes(text);
    for (std::size_t index = 0; index < bytes.size();) {
        auto const lead = bytes[index];
        auto const length = utf8_length(lead);
        if (length == 0 || bytes.size() - index < length)
            return false;
        for (std::size_t offset = 1; offset < length; ++offset)
            if ((bytes[index + offset] & 0xc0) != 0x80)
                return false;
        if ((lead == 0xe0 && bytes[index + 1] < 0xa0) || (lead == 0xed && bytes[index + 1] > 0x9f) ||
            (lead == 0xf0 && bytes[index + 1] < 0x90) || (lead == 0xf4 && bytes[index + 1] > 0x8f))
            return false;
        index += length;
    }
    return true;
}

} // namespace bulla::base
