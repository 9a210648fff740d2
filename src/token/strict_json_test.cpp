#include "token/strict_json.hpp"

#include <gtest/gtest.h>

namespace bulla::token {
namespace {

JsonFault fault_of(std::string_view text) { return parse_strict_object(text).error(); }

TEST(StrictJson, keeps_what_rfc_8259_allows) {
    auto const object =
        parse_strict_object(" {\"a\" : [1, {\"a\":2}], \"b\":\"\\u00e9\\ud83d\\ude00\"}\n").value();
    EXPECT_EQ(object.size(), 2);
    EXPECT_EQ(find_string(object, "b"), "\u00e9\U0001f600");
}

TEST(StrictJson, refuses_a_member_twice_at_every_depth) {
    EXPECT_EQ(fault_of(R"({"a":1,"a":1})"), JsonFault::duplicate_member);
    EXPECT_EQ(fault_of(R"({"a":1,"b":2,"\u0061":3})"), JsonFault::duplicate_member);
    EXPECT_EQ(fault_of(R"({"x":[[{"":1,"":2}]]})"), JsonFault::duplicate_member);
    EXPECT_EQ(fault_of(R"({"\u00e9":1,"é":2})"), JsonFault::duplicate_member);
}

TEST(StrictJson, takes_one_name_in_two_objects) {
    EXPECT_TRUE(parse_strict_object(R"({"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]})").has_value());
}

TEST(StrictJson, refuses_null_characters) {
    EXPECT_EQ(fault_of(R"({"a":"x\u0000y"})"), JsonFault::null_character);
    EXPECT_EQ(fault_of(R"({"a\u0000":1})"), JsonFault::null_character);
}

TEST(StrictJson, refuses_what_is_no_object) {
    for (auto const* const text : {"[]", "1", "\"a\"", "null", "true"})
        EXPECT_EQ(fault_of(text), JsonFault::not_an_object) << text;
}

TEST(StrictJson, refuses_what_is_no_json) {
    for (std::string_view const text : {"",
                                        " ",
                                        "{",
                                        "{}x",
                                        "{}{}",
                                        "{a:1}",
                                        "{'a':1}",
                                        "{\"a\":1,}",
                                        "{\"a\":}",
                                        "{,}",
                                        "{\"a\":01}",
                                        "{\"a\":.5}",
                                        "{\"a\":\"\t\"}",
                                        "{\"a\":\"\\x\"}",
                                        "{\"a\":\"\\udc00\"}",
                                        "{\"a\":\"\\ud800\\ud800\"}",
                                        "{\"a\":\"\xff\"}",
                                        "\xef\xbb\xbf{}",
                                        "{\"a\":1}\0",
                                        "//\n{}",
                                        "{\"a\":nul}"})
        EXPECT_EQ(fault_of(text), JsonFault::not_json) << text;
}

TEST(StrictJson, nests_eight_deep_and_no_deeper) {
    EXPECT_TRUE(parse_strict_object(R"({"a":[[[[[[[]]]]]]]})").has_value());
    EXPECT_EQ(fault_of(R"({"a":[[[[[[[[]]]]]]]]})"), JsonFault::not_json);
}

TEST(StrictJson, reads_times_that_are_whole_numbers_to_two_to_the_53) {
    auto const object = parse_strict_object(R"({"zero":0,"last":9007199254740991,"more":9007199254740992,
        "less":-1,"real":1.0,"power":1e3,"text":"1"})")
                            .value();
    EXPECT_EQ(find_time(object, "zero"), std::chrono::sys_seconds{});
    EXPECT_EQ(find_time(object, "last")->time_since_epoch().count(), 9007199254740991);
    for (auto const* const name : {"more", "less", "real", "power", "text", "absent"})
        EXPECT_EQ(find_time(object, name), std::nullopt) << name;
}

TEST(StrictJson, finds_strings_alone) {
    auto const object = parse_strict_object(R"({"a":"x","b":1,"c":""})").value();
    EXPECT_EQ(find_string(object, "a"), "x");
    EXPECT_EQ(find_string(object, "b"), std::nullopt);
    EXPECT_EQ(find_string(object, "c"), "");
    EXPECT_EQ(find_string(object, "d"), std::nullopt);
}

} // namespace
} // namespace bulla::token
