#include "base/encoding.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace bulla::base {

// RFC 4648 §10.
TEST(Base64, reproduces_the_vectors_of_rfc_4648) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 7> vectors = {{
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
    }};
    for (auto const& [bytes, text] : vectors) {
        EXPECT_EQ(to_base64(as_bytes(bytes)), text);
        EXPECT_EQ(parse_base64(text), to_buffer(as_bytes(bytes)));
        auto const unpadded = text.substr(0, text.find('='));
        EXPECT_EQ(to_base64url(as_bytes(bytes)), unpadded);
        EXPECT_EQ(parse_base64url(unpadded), to_buffer(as_bytes(bytes)));
    }
}

TEST(Base64, the_two_alphabets_differ_in_two_characters) {
    ByteBuffer const bytes = {0xfb, 0xff, 0xfe};
    EXPECT_EQ(to_base64(bytes), "+//+");
    EXPECT_EQ(to_base64url(bytes), "-__-");
    EXPECT_FALSE(parse_base64("-__-"));
    EXPECT_FALSE(parse_base64url("+//+"));
}

TEST(Base64, refuses_other_spellings) {
    for (auto const* const text : {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm9v====", "=",
                                   "====", "Zg==Zg==", "Zm 9v", "Zm9v\n", "Z", "Zm9vY", "Zm=v"})
        EXPECT_FALSE(parse_base64(text)) << text;
    for (auto const* const text : {"Zg==", "Zh", "Zm9", "Z", "Zm8=", "Zm+v", "Zm/v", " Zg", "Zg "})
        EXPECT_FALSE(parse_base64url(text)) << text;
    EXPECT_FALSE(parse_base64url(std::string_view("Zg\0", 3)));
}

TEST(Hex, refuses_upper_case_odd_lengths_and_other_characters) {
    EXPECT_EQ(to_hex(ByteBuffer{0x00, 0x9f, 0xff}), "009fff");
    EXPECT_EQ(parse_hex("009fff"), (ByteBuffer{0x00, 0x9f, 0xff}));
    EXPECT_EQ(parse_hex(""), ByteBuffer{});
    for (auto const* const text :
         {"0", "000", "0G", "FF", "0x00", " 00", "00 ", "/0", ":0", "`0", "g0", "-1"})
        EXPECT_FALSE(parse_hex(text)) << text;
}

RC_GTEST_PROP(Encodings, parse_what_they_print, (ByteBuffer const& bytes)) {
    RC_ASSERT(parse_hex(to_hex(bytes)) == std::optional{bytes});
    RC_ASSERT(parse_base64(to_base64(bytes)) == std::optional{bytes});
    RC_ASSERT(parse_base64url(to_base64url(bytes)) == std::optional{bytes});
}

// Of every text there is at most one: whatever is parsed is printed again.
RC_GTEST_PROP(Encodings, print_what_they_parse, ()) {
    auto const text = *rc::gen::container<std::string>(rc::gen::elementOf(std::string("AQgwZ09afe+/-_= ")));
    if (auto const bytes = parse_hex(text))
        RC_ASSERT(to_hex(*bytes) == text);
    if (auto const bytes = parse_base64(text))
        RC_ASSERT(to_base64(*bytes) == text);
    if (auto const bytes = parse_base64url(text))
        RC_ASSERT(to_base64url(*bytes) == text);
}

TEST(Encodings, every_text_of_four_characters_of_a_small_alphabet_has_one_spelling) {
    constexpr std::string_view alphabet = "AQgwB/_=";
    std::size_t parsed = 0;
    for (unsigned number = 0; number < 8 * 8 * 8 * 8; ++number) {
        std::string text;
        for (unsigned place = 0; place < 4; ++place)
            text.push_back(alphabet[number >> 3 * place & 7]);
        if (auto const bytes = parse_base64(text)) {
            ASSERT_EQ(to_base64(*bytes), text);
            ++parsed;
        }
    }
    // Six characters of the alphabet count. Full groups; groups of three whose last has two zero bits (A, Q,
    // g, w); groups of two whose last has four zero bits (A, Q, g, w).
    EXPECT_EQ(parsed, 6u * 6 * 6 * 6 + 6 * 6 * 4 + 6 * 4);
}

TEST(Decimal, has_one_spelling_and_fits_64_bits) {
    EXPECT_EQ(parse_decimal("0"), 0u);
    EXPECT_EQ(parse_decimal("10"), 10u);
    EXPECT_EQ(parse_decimal("18446744073709551615"), ~std::uint64_t{0});
    for (auto const* const text : {"", "00", "01", "+1", "-1", "1 ", " 1", "1.0", "1e3", "0x1",
                                   "18446744073709551616", "99999999999999999999", "184467440737095516150"})
        EXPECT_FALSE(parse_decimal(text)) << text;
}

RC_GTEST_PROP(Decimal, parses_what_is_printed, (std::uint64_t number)) {
    RC_ASSERT(parse_decimal(std::to_string(number)) == std::optional{number});
}

TEST(Utf8, accepts_the_ends_of_each_range) {
    for (auto const* const text : {"", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
                                   "\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"})
        EXPECT_TRUE(is_utf8(text)) << to_hex(as_bytes(text));
    EXPECT_TRUE(is_utf8(std::string_view("\0", 1)));
}

TEST(Utf8, refuses_overlong_forms_surrogates_and_what_lies_beyond) {
    for (auto const* const text :
         {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xed\xbf\xbf",
          "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xfe", "\xc2", "\xe1\x80",
          "\xf1\x80\x80", "\xc2\x41", "\xe1\x80\x41", "\xf1\x80\x80\x41", "a\x80"})
        EXPECT_FALSE(is_utf8(text)) << to_hex(as_bytes(text));
}

// RFC 3629 §3 counted out: every code point but the surrogates, each in its shortest form, and nothing else
// of three bytes or fewer.
TEST(Utf8, accepts_exactly_the_code_points_among_all_texts_of_up_to_three_bytes) {
    std::array<std::size_t, 4> accepted{};
    std::string text;
    for (std::size_t size = 1; size <= 3; ++size) {
        text.resize(size);
        for (unsigned number = 0; number < 1u << 8 * size; ++number) {
            for (std::size_t place = 0; place < size; ++place)
                text[place] = static_cast<char>(number >> 8 * place & 0xff);
            accepted[size] += is_utf8(text) ? 1 : 0;
        }
    }
    constexpr std::size_t one = 0x80;
    constexpr std::size_t two = 0x800 - 0x80;
    constexpr std::size_t three = 0x10000 - 0x800 - 0x800; // without the 2,048 surrogates
    EXPECT_EQ(accepted[1], one);
    EXPECT_EQ(accepted[2], one * one + two);
    EXPECT_EQ(accepted[3], one * one * one + 2 * one * two + three);
}

} // namespace bulla::base
