#include "service/username.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>
#include <unicode/uspoof.h>
#include <unicode/utf8.h>

namespace bulla::service {
namespace {

using enum UsernameFault;

UsernamePolicy const standard{};

UsernamePolicy policy_of(std::string script) {
    return {.scripts = {std::move(script)}};
}
std::string name_of(std::string_view text, UsernamePolicy const& policy = standard) {
    return std::string(Username::parse(text, policy).value().text());
}
UsernameFault fault_of(std::string_view text, UsernamePolicy const& policy = standard) {
    return Username::parse(text, policy).error();
}
std::string utf8_of(UChar32 code_point) {
    std::string text(U8_MAX_LENGTH, '\0');
    int size = 0;
    U8_APPEND_UNSAFE(text.data(), size, code_point);
    text.resize(static_cast<std::size_t>(size));
    return text;
}

TEST(Username, of_ascii_letters_digits_dot_underscore_and_hyphen_is_kept) {
    for (auto const* const text : {"a", "alice", "x9", "9", "a.b_c-d", "_", "-", ".hidden", "0.1"})
        EXPECT_EQ(name_of(text), text);
}

TEST(Username, has_1_to_64_characters) {
    EXPECT_EQ(fault_of(""), empty);
    EXPECT_EQ(name_of(std::string(64, 'n')), std::string(64, 'n'));
    EXPECT_EQ(fault_of(std::string(65, 'n')), too_long);
    EXPECT_EQ(fault_of(std::string(1'000'000, 'n')), too_long);
}

TEST(Username, F1_duplicate_by_case_or_width_is_the_same_name) {
    for (auto const* const text : {"Alice", "ALICE", "aLiCe", "ａｌｉｃｅ", "ＡＬＩＣＥ", "al\uff49ce"})
        EXPECT_EQ(name_of(text), "alice") << text;
    EXPECT_EQ(name_of("a\uff0eb\uff3f\uff11"), "a.b_1");
}

TEST(Username, F1_look_alike_is_refused) {
    for (auto const* const text : {
             "ᴮᴵᴳᴮᴵᴿᴰ",         // superscript letters
             "\u0430lice",      // Cyrillic a
             "alic\u0435",      // Cyrillic e
             "\u03bfscar",      // Greek omicron
             "al\u200bice",     // zero width space
             "al\u200dice",     // zero width joiner
             "al\u2060ice",     // word joiner
             "\u202eecila",     // right to left override
             "alice\u200f",     // right to left mark
             "alice\u0301",     // combining acute
             "a\u0338lice",     // combining solidus
             "al\u00adice",     // soft hyphen
             "alice\ufe0f",     // variation selector
             "alice\U000e0100", // variation selector supplement
             "alice ",          " alice", "al ice", "alice\u00a0", "alice\u3000", "alice\t", "alice\n",
             "alice\u3002", // ideographic full stop
             "al\u0131ce",  // dotless i
         })
        EXPECT_EQ(fault_of(text), forbidden_character) << text;
    EXPECT_EQ(fault_of("alice."), misplaced_character);
    EXPECT_EQ(fault_of("."), misplaced_character);
    EXPECT_EQ(fault_of("alice\uff0e"), misplaced_character); // a full-width dot
    EXPECT_EQ(name_of("\u212alice"), "klice");               // lower case of the Kelvin sign
}

TEST(Username, F1_composed_and_decomposed_is_one_name) {
    auto const latin = policy_of("Latin");
    EXPECT_EQ(name_of("zoe\u0308", latin), "zo\u00eb");
    EXPECT_EQ(name_of("ZO\u00cb", latin), "zo\u00eb");
    EXPECT_EQ(name_of("\u212bse", latin), "\u00e5se"); // the Angstrom sign
}

TEST(Username, F2_that_is_an_address_is_refused) {
    for (auto const* const text :
         {"alice@example.com", "a@b@c", "@", "alice\uff20example.com", "a+b", "a/b", "a%40b"})
        EXPECT_EQ(fault_of(text), forbidden_character) << text;
}

TEST(Username, F2_of_255_bytes_is_refused) {
    EXPECT_EQ(fault_of(std::string(255, 'n')), too_long);
}

TEST(Username, that_is_no_text_is_refused) {
    for (std::string_view const text : {"\xff", "al\xc0\xafice", "\xed\xa0\x80", "alice\xc3"})
        EXPECT_EQ(fault_of(text), not_text);
    EXPECT_EQ(fault_of(std::string_view("al\0ice", 6)), forbidden_character);
}

// RFC 8265 §3.5.
TEST(Username, follows_the_examples_of_rfc_8265) {
    EXPECT_EQ(name_of("fussball"), "fussball");
    EXPECT_EQ(name_of("fu\u00dfball", policy_of("Latin")), "fu\u00dfball");
    EXPECT_EQ(name_of("\u03c0", policy_of("Greek")), "\u03c0");
    EXPECT_EQ(name_of("\u03a3\u03a0", policy_of("Greek")), "\u03c3\u03c0");
    EXPECT_EQ(name_of("\u03c3\u03c0", policy_of("Greek")), "\u03c3\u03c0");
    EXPECT_EQ(name_of("\u03c0\u03c2", policy_of("Greek")), "\u03c0\u03c2");
    EXPECT_EQ(fault_of("foo bar"), forbidden_character);
    EXPECT_EQ(fault_of("henry\u2163", policy_of("Latin")), forbidden_character);
    EXPECT_EQ(fault_of("\u221e", policy_of("Latin")), forbidden_character);
}

TEST(Username, of_another_script_stands_beside_digits_and_punctuation_and_no_ascii_letter) {
    EXPECT_EQ(name_of("Сергей.1", policy_of("Cyrl")), "сергей.1");
    EXPECT_EQ(name_of("דוד_1", policy_of("Hebrew")), "דוד_1");
    EXPECT_EQ(name_of("山田-2", policy_of("Han")), "山田-2");
    EXPECT_EQ(name_of("Alice", policy_of("Cyrillic")), "alice");
    EXPECT_EQ(fault_of("сергейs", policy_of("Cyrillic")), mixed_scripts);
    EXPECT_EQ(fault_of("сергей", policy_of("Latin")), forbidden_character);
    EXPECT_EQ(fault_of("\u0661", policy_of("Arabic")), forbidden_character); // an Arabic-Indic digit
}

TEST(Username, F1_of_another_script_that_reads_as_ascii_is_refused) {
    EXPECT_EQ(fault_of("\u0441\u043e\u0440", policy_of("Cyrillic")), looks_like_ascii);   // cop
    EXPECT_EQ(fault_of("\u0440\u0430\u0443.1", policy_of("Cyrillic")), looks_like_ascii); // pay.1
    EXPECT_EQ(fault_of("\u03bf", policy_of("Greek")), looks_like_ascii);                  // o
    EXPECT_EQ(fault_of("al\u0131ce", policy_of("Latin")), looks_like_ascii);              // a dotless i
}

// What looks_like_ascii rests on: no ASCII name has a skeleton beyond ASCII.
TEST(Username, F1_of_ascii_has_a_skeleton_of_ascii) {
    auto error = U_ZERO_ERROR;
    auto* const checker = uspoof_open(&error);
    for (std::string_view const characters = "abcdefghijklmnopqrstuvwxyz0123456789._-";
         char const one : characters) {
        icu::UnicodeString skeleton;
        uspoof_getSkeletonUnicodeString(checker, 0, icu::UnicodeString(UChar32{one}), skeleton, &error);
        for (int index = 0; index < skeleton.length(); ++index)
            EXPECT_LT(skeleton[index], 0x80) << one;
    }
    uspoof_close(checker);
    EXPECT_TRUE(U_SUCCESS(error));
}

TEST(Username, of_latin_script_has_no_obsolete_or_technical_letters) {
    for (auto const* const text : {"al\u0269ce", "\u0251lice", "\u017falice", "ali\ua730e"})
        EXPECT_FALSE(Username::parse(text, policy_of("Latin")).has_value()) << text;
}

TEST(Username, read_from_right_to_left_keeps_the_bidi_rule) {
    EXPECT_EQ(fault_of("1דוד", policy_of("Hebrew")), wrong_direction);
    EXPECT_EQ(fault_of("דוד-", policy_of("Hebrew")), wrong_direction);
    EXPECT_EQ(name_of("דוד1", policy_of("Hebrew")), "דוד1");
}

TEST(Username, does_not_begin_with_a_mark) {
    EXPECT_EQ(fault_of("\u0902\u0915", policy_of("Devanagari")), misplaced_character);
    EXPECT_EQ(name_of("\u0915\u0902", policy_of("Devanagari")), "\u0915\u0902");
}

TEST(UsernamePolicy, of_two_scripts_or_an_unknown_one_accepts_nothing) {
    for (auto const& policy : {UsernamePolicy{{"Latin", "Cyrillic"}}, policy_of("Klingon"),
                               policy_of("Common"), policy_of("Zinh"), policy_of("Zzzz"), policy_of("")}) {
        EXPECT_FALSE(is_valid(policy));
        EXPECT_FALSE(Username::parse("alice", policy).has_value());
    }
    EXPECT_TRUE(is_valid(standard));
    EXPECT_TRUE(is_valid(policy_of("Latn")));
}

TEST(Username, F2_that_speaks_for_the_service_is_reserved) {
    for (auto const* const text :
         {"admin", "ADMIN", "root", "system", "postmaster", "no-reply", "_admin_", "a.d.m.i.n"})
        EXPECT_TRUE(is_reserved(Username::parse(text, standard).value())) << text;
    for (auto const* const text : {"alice", "administratrix", "rooter", "sys", "_", "testuser"})
        EXPECT_FALSE(is_reserved(Username::parse(text, standard).value())) << text;
}

// The small world: every code point, under the policy of its own script.
TEST(Username, F1_of_any_single_code_point_is_parsed_to_itself_again) {
    std::size_t accepted = 0;
    for (UChar32 code_point = 0; code_point <= 0x10ffff; ++code_point) {
        if (U_IS_SURROGATE(code_point))
            continue;
        auto error = U_ZERO_ERROR;
        auto const policy = policy_of(uscript_getShortName(uscript_getScript(code_point, &error)));
        auto const name = Username::parse(utf8_of(code_point), policy);
        if (!name)
            continue;
        ++accepted;
        auto const again = Username::parse(name->text(), policy);
        ASSERT_TRUE(again.has_value()) << code_point;
        ASSERT_EQ(*again, *name) << code_point;
    }
    EXPECT_GT(accepted, 90'000); // most of them Han and Hangul
}

// Texts of code points that belong together: mostly of one block, so that a good part is accepted.
rc::Gen<std::string> any_text(UChar32 first, UChar32 last) {
    auto const of_block = rc::gen::inRange(first, last + 1);
    auto const of_all =
        rc::gen::suchThat(rc::gen::inRange(0, 0x110000), [](int code) { return !U_IS_SURROGATE(code); });
    return rc::gen::map(rc::gen::resize(4, rc::gen::container<std::vector<int>>(
                                               rc::gen::weightedOneOf<int>({{40, of_block}, {1, of_all}}))),
                        [](std::vector<int> const& codes) {
                            std::string text;
                            for (auto const code : codes)
                                text += utf8_of(code);
                            return text;
                        });
}

void check_stable(std::string const& script, UChar32 first, UChar32 last) {
    auto const policy = policy_of(script);
    auto const name = Username::parse(*any_text(first, last), policy);
    RC_CLASSIFY(name.has_value(), "accepted");
    if (name)
        RC_ASSERT(Username::parse(name->text(), policy).value() == *name);
}
RC_GTEST_PROP(Username, parsed_twice_is_parsed_once_in_latin, ()) {
    check_stable("Latin", 0x41, 0x17f);
}
RC_GTEST_PROP(Username, parsed_twice_is_parsed_once_in_greek, ()) {
    check_stable("Greek", 0x386, 0x3ce);
}
RC_GTEST_PROP(Username, parsed_twice_is_parsed_once_in_arabic, ()) {
    check_stable("Arabic", 0x620, 0x66f);
}
RC_GTEST_PROP(Username, parsed_twice_is_parsed_once_in_hangul, ()) {
    check_stable("Hangul", 0xac00, 0xd7a3);
}

} // namespace
} // namespace bulla::service
