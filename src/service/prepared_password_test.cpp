#include "service/prepared_password.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace bulla::service {
namespace {

std::string prepared(std::string_view text) {
    return std::string(base::as_text(prepare_password(base::as_bytes(text)).value().expose()));
}
PasswordTextFault fault_of(std::string_view text) {
    return prepare_password(base::as_bytes(text)).error();
}

// RFC 8265 §4.3.
TEST(PreparedPassword, follows_the_examples_of_rfc_8265) {
    for (auto const* const text : {"correct horse battery staple", "Correct Horse Battery Staple",
                                   "\u03c0\u00df\u00e5", "Jack of \u2666s"})
        EXPECT_EQ(prepared(text), text);
    EXPECT_EQ(prepared("foo\u1680bar"), "foo bar");
    EXPECT_EQ(fault_of(""), PasswordTextFault::empty);
    EXPECT_EQ(fault_of("my cat is a \tby"), PasswordTextFault::not_text);
}

TEST(PreparedPassword, has_one_form_of_composed_and_decomposed_letters) {
    EXPECT_EQ(prepared("e\u0301"), "\u00e9");
    EXPECT_EQ(prepared("\u1100\u1161"), "\uac00");
    EXPECT_EQ(prepared("\u0344"), "\u0308\u0301"); // NFC takes this one apart
}

TEST(PreparedPassword, keeps_case_width_and_spaces) {
    EXPECT_EQ(prepared("  A\uff21\u2163  "), "  A\uff21\u2163  ");
    EXPECT_EQ(prepared("\u00a0\u2003\u3000"), "   ");
}

TEST(PreparedPassword, keeps_symbols_beyond_the_first_plane) {
    EXPECT_EQ(prepared("\U0001f511\U0001d11e"), "\U0001f511\U0001d11e");
}

TEST(PreparedPassword, of_control_characters_or_no_text_is_refused) {
    for (std::string_view const text : {"a\nb", "a\rb", "a\x7f", "\u0085", "a\u200b", "\ufeff", "\xff",
                                        "\xc0\xaf", "\xed\xa0\x80", "\u0378", "\ue000", "\u200d"})
        EXPECT_EQ(fault_of(text), PasswordTextFault::not_text);
    EXPECT_EQ(fault_of(std::string_view("a\0b", 3)), PasswordTextFault::not_text);
}

// E10
TEST(PreparedPassword, of_4096_bytes_passes_and_a_longer_one_is_never_cut) {
    EXPECT_EQ(prepared(std::string(4'096, 'p')).size(), 4'096);
    EXPECT_EQ(fault_of(std::string(4'097, 'p')), PasswordTextFault::too_long);
}

// U+1D160 has 4 bytes and becomes 12 in NFC, the largest growth there is.
TEST(PreparedPassword, that_grows_beyond_4096_bytes_is_refused) {
    std::string text;
    for (int count = 0; count < 342; ++count)
        text += "\U0001d160";
    EXPECT_EQ(fault_of(text), PasswordTextFault::too_long);
    EXPECT_EQ(prepared(text.substr(0, 4 * 341)).size(), 12 * 341);
}

RC_GTEST_PROP(PreparedPassword, prepared_twice_is_prepared_once, ()) {
    auto const block =
        rc::gen::element<std::string>("a", "\u0301", "e", "\u00a0", "\u1100", "\u1161", "\u11a8", "\u0344",
                                      "\u212b", "\u05d0", "\U0001f511", "\u0915\u094d\u200d", "\uff21", " ");
    auto const parts = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(block));
    std::string text;
    for (auto const& part : parts)
        text += part;
    auto const once = prepare_password(base::as_bytes(text)); // Jamo that make no syllable are refused
    RC_CLASSIFY(once.has_value(), "accepted");
    if (once)
        RC_ASSERT(prepared(base::as_text(once->expose())) == base::as_text(once->expose()));
}

RC_GTEST_PROP(PreparedPassword, of_printable_ascii_is_itself, ()) {
    auto const text = *rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange<char>(0x20, 0x7f)));
    RC_ASSERT(prepared(text) == text);
}

RC_GTEST_PROP(PreparedPassword, of_any_bytes_is_made_or_refused, ()) {
    auto const bytes = *rc::gen::container<std::vector<std::uint8_t>>(rc::gen::arbitrary<std::uint8_t>());
    auto const made = prepare_password(bytes);
    RC_ASSERT((!made || made->size() > 0)); // RC_ASSERT evaluates both sides of a bare ||
}

} // namespace
} // namespace bulla::service
