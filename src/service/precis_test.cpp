#include "service/precis.hpp"

#include <gtest/gtest.h>

namespace bulla::service {
namespace {

bool is_identifier(std::u16string_view text) {
    return conforms(text, StringClass::identifier);
}
bool is_freeform(std::u16string_view text) {
    return conforms(text, StringClass::freeform);
}

TEST(Precis, identifiers_hold_letters_digits_and_printable_ascii) {
    EXPECT_TRUE(is_identifier(u"aZ09!~\u00e9\u03c2\u00df\u3007\u5c71"));
}

TEST(Precis, freeform_texts_hold_spaces_symbols_and_compatibility_forms_too) {
    for (auto const* const text :
         {u" ", u"\u2666", u"\u2163", u"\uff21", u"\u221e", u"\u00bf", u"\U0001f511", u"\u20dd"}) {
        EXPECT_FALSE(is_identifier(text));
        EXPECT_TRUE(is_freeform(text));
    }
}

TEST(Precis, neither_holds_controls_ignorables_jamo_or_unassigned_code_points) {
    for (auto const* const text :
         {u"\t", u"\x7f", u"\u0085", u"\u00ad", u"\u200b", u"\ufeff", u"\ufe0f", u"\u1100", u"\u1161",
          u"\u0378", u"\ufdd0", u"\U000e0001", u"\ue000", u"\u0640", u"\u302e"})
        EXPECT_FALSE(is_freeform(text)) << std::hex << int{text[0]};
    EXPECT_FALSE(is_freeform(std::u16string_view(u"\0", 1)));
}

TEST(Precis, neither_holds_unpaired_surrogates) {
    constexpr char16_t high[] = {u'a', 0xd83d};
    constexpr char16_t low[] = {0xdd11, u'a'};
    EXPECT_FALSE(is_freeform({high, 2}));
    EXPECT_FALSE(is_freeform({low, 2}));
}

// RFC 5892 Appendix A, in its order.
TEST(Precis, contextual_code_points_are_allowed_in_their_context_alone) {
    EXPECT_TRUE(is_identifier(u"\u0915\u094d\u200c\u0937"));       // after a virama
    EXPECT_TRUE(is_identifier(u"\u0628\u200c\u0628"));             // between joining letters
    EXPECT_TRUE(is_identifier(u"\u0628\u064b\u200c\u064b\u0628")); // with transparent marks between
    EXPECT_FALSE(is_identifier(u"a\u200cb"));
    EXPECT_FALSE(is_identifier(u"\u200c"));
    EXPECT_FALSE(is_identifier(u"\u0628\u200c"));
    EXPECT_TRUE(is_identifier(u"\u0915\u094d\u200d\u0937"));
    EXPECT_FALSE(is_identifier(u"\u0628\u200d\u0628"));
    EXPECT_FALSE(is_identifier(u"\u200d"));
    EXPECT_TRUE(is_identifier(u"l\u00b7l"));
    EXPECT_FALSE(is_identifier(u"a\u00b7l"));
    EXPECT_FALSE(is_identifier(u"l\u00b7"));
    EXPECT_TRUE(is_identifier(u"\u0375\u03b1"));
    EXPECT_FALSE(is_identifier(u"\u0375a"));
    EXPECT_FALSE(is_identifier(u"\u0375"));
    EXPECT_TRUE(is_identifier(u"\u05d0\u05f3"));
    EXPECT_TRUE(is_identifier(u"\u05d0\u05f4"));
    EXPECT_FALSE(is_identifier(u"a\u05f3"));
    EXPECT_FALSE(is_identifier(u"\u05f4"));
    EXPECT_TRUE(is_identifier(u"a\u30fb\u30a2"));
    EXPECT_FALSE(is_identifier(u"a\u30fb"));
    EXPECT_TRUE(is_identifier(u"\u0661\u0662"));
    EXPECT_TRUE(is_identifier(u"\u06f1\u06f2"));
    EXPECT_FALSE(is_identifier(u"\u0661\u06f2"));
    EXPECT_FALSE(is_identifier(u"\u06f2\u0661"));
}

TEST(BidiRule, is_kept_by_every_text_without_right_to_left_characters) {
    EXPECT_TRUE(keeps_bidi_rule(u"1-alice-"));
    EXPECT_TRUE(keeps_bidi_rule(u""));
}

// RFC 5893 §2, conditions 1 to 4.
TEST(BidiRule, binds_texts_with_right_to_left_characters) {
    EXPECT_TRUE(keeps_bidi_rule(u"\u05d0"));
    EXPECT_TRUE(keeps_bidi_rule(u"\u05d0-1"));
    EXPECT_TRUE(keeps_bidi_rule(u"\u05d0\u0591")); // ends with a mark
    EXPECT_FALSE(keeps_bidi_rule(u"1\u05d0"));     // condition 1
    EXPECT_FALSE(keeps_bidi_rule(u"a\u05d0"));
    EXPECT_FALSE(keeps_bidi_rule(u"\u0661"));
    EXPECT_FALSE(keeps_bidi_rule(u"\u05d0a\u05d0")); // condition 2
    EXPECT_FALSE(keeps_bidi_rule(u"\u05d0-"));       // condition 3
    EXPECT_FALSE(keeps_bidi_rule(u"\u06281\u0661")); // condition 4
}

} // namespace
} // namespace bulla::service
