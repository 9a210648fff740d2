#include "http/form.hpp"

#include "http/limits.hpp"
#include "http/request_head.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <map>

namespace bulla::http {
namespace {

Request make_request(std::string_view content_type, std::string_view body) {
    auto const head =
        parse_head(fmt::format("POST /x HTTP/1.1\r\nHost: a\r\nContent-Type: {}\r\n\r\n", content_type));
    Request request(std::move(const_cast<RequestHead&>(*head).parts));
    request.put_body(SecretBytes::from(base::as_bytes(body)));
    return request;
}

TEST(Form, is_read_field_by_field_and_decoded) {
    auto const form = parse_form_text("username=alice&password=p%40ss+word%C3%A9&empty=").value();
    EXPECT_EQ(form.size(), 3);
    EXPECT_EQ(form["username"], "alice");
    EXPECT_EQ(form["password"], "p@ss word\xc3\xa9");
    EXPECT_EQ(form["empty"], "");
    EXPECT_FALSE(form.has("other"));
}

TEST(Form, keeps_raw_characters_that_can_be_read_one_way_only) {
    EXPECT_EQ(parse_form_text("a=b=c!@#?/").value()["a"], "b=c!@#?/");
    EXPECT_EQ(parse_form_text("a=\xd1\x8f").value()["a"], "\xd1\x8f");
}

TEST(Form, without_text_has_no_fields) {
    EXPECT_EQ(parse_form_text("").value().size(), 0);
}

// B19
TEST(Form, that_is_not_well_formed_is_refused) {
    for (std::string_view const text :
         {"&",       "a",        "a&b=1",       "a=1&",  "&a=1",   "a=1&&b=2", "=1",
          "a=1;b=2", "a=%",      "a=%4",        "a=%4g", "a=%%41", "a=%-1",    "a=\xff",
          "a=%ff",   "a=%c0%80", "a=%ed%a0%80", "a=\n",  "a=\x7f", "%=1",      "a;b=1"})
        EXPECT_EQ(parse_form_text(text).error(), Problem::form_malformed) << text;
}

TEST(Form, with_a_field_sent_twice_is_refused_however_its_name_is_spelt) {
    EXPECT_EQ(parse_form_text("a=1&a=1").error(), Problem::field_repeated);
    EXPECT_EQ(parse_form_text("ab=1&c=2&%61b=1").error(), Problem::field_repeated);
}

TEST(Form, takes_values_up_to_their_limit_counted_after_decoding) {
    std::string value;
    for (std::size_t count = 0; count < form_value_size_max; ++count)
        value += "%41";
    EXPECT_EQ(parse_form_text("a=" + value).value()["a"].size(), form_value_size_max);
    EXPECT_EQ(parse_form_text("a=" + value + "b").error(), Problem::field_too_long);
    EXPECT_EQ(parse_form_text(std::string(form_name_size_max + 1, 'n') + "=1").error(),
              Problem::field_too_long);
}

TEST(Form, has_a_limited_number_of_fields) {
    std::string text = "x=1";
    for (std::size_t count = 1; count < form_fields_max; ++count)
        text += fmt::format("&a{}=1", count);
    EXPECT_EQ(parse_form_text(text).value().size(), form_fields_max);
    EXPECT_EQ(parse_form_text(text + "&b=1").error(), Problem::form_malformed);
}

TEST(Form, of_a_request_has_the_fields_its_rules_name) {
    FormRules const rules{.required = {"a"}, .optional = {"b"}};
    auto const type = "application/x-www-form-urlencoded";
    EXPECT_TRUE(parse_form(make_request(type, "a=1"), rules).has_value());
    EXPECT_TRUE(parse_form(make_request(type, "b=1&a=1"), rules).has_value());
    EXPECT_EQ(parse_form(make_request(type, ""), rules).error(), Problem::field_missing);
    EXPECT_EQ(parse_form(make_request(type, "b=1"), rules).error(), Problem::field_missing);
    EXPECT_EQ(parse_form(make_request(type, "a=1&c=1"), rules).error(), Problem::field_unknown);
    EXPECT_TRUE(
        parse_form(make_request(type, "a=1&c=1"), {.required = {"a"}, .unknown = UnknownFields::keep}));
}

// B19
TEST(Form, of_another_content_type_is_refused) {
    FormRules const rules{.required = {"a"}};
    for (std::string_view const type :
         {"text/plain", "multipart/form-data; boundary=x", "application/json", "",
          "application/x-www-form-urlencoded; charset=utf-7",
          "application/x-www-form-urlencoded; charset=utf-8; x=y", "application/x-www-form-urlencoded;",
          "application/x-www-form-urlencodedx"})
        EXPECT_EQ(parse_form(make_request(type, "a=1"), rules).error(), Problem::media_type_not_supported)
            << type;
    for (std::string_view const type :
         {"APPLICATION/x-www-form-urlencoded", "application/x-www-form-urlencoded ; charset=UTF-8"})
        EXPECT_TRUE(parse_form(make_request(type, "a=1"), rules).has_value()) << type;
}

TEST(Form, larger_than_its_limit_is_refused_whatever_the_route_allows) {
    auto const body = "a=" + std::string(form_size_max - 1, 'x');
    EXPECT_EQ(
        parse_form(make_request("application/x-www-form-urlencoded", body), {.required = {"a"}}).error(),
        Problem::body_too_large);
}

TEST(Form, gives_a_field_away_once) {
    auto form = parse_form_text("password=secret").value();
    EXPECT_EQ(base::as_text(std::move(form).take("password").expose()), "secret");
}

std::string encode(std::string const& bytes) {
    std::string text;
    for (auto const byte : bytes)
        text += fmt::format("%{:02X}", static_cast<std::uint8_t>(byte));
    return text;
}

RC_GTEST_PROP(Form, decodes_what_was_encoded, ()) {
    auto const ascii = rc::gen::container<std::string>(rc::gen::inRange<char>(1, 127));
    auto const fields =
        *rc::gen::map(rc::gen::container<std::map<std::string, std::string>>(
                          rc::gen::suchThat(ascii, [](auto const& name) { return !name.empty(); }), ascii),
                      [](auto all) {
                          std::erase_if(all, [](auto const& field) { return field.first.size() > 64; });
                          return all;
                      });
    RC_PRE(fields.size() <= form_fields_max);
    std::string text;
    for (auto const& [name, value] : fields)
        text += (text.empty() ? "" : "&") + encode(name) + "=" + encode(value);
    auto const form = parse_form_text(text);
    RC_ASSERT(form.has_value());
    RC_ASSERT(form->size() == fields.size());
    for (auto const& [name, value] : fields)
        RC_ASSERT((*form)[name] == value);
}

} // namespace
} // namespace bulla::http
