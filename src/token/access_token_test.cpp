#include "token/test_tokens.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace bulla::token {
namespace {

using namespace test;
using namespace std::chrono_literals;

Result<AccessToken, TokenFault> check_at(AccessToken const& token, base::Timestamp now,
                                         std::chrono::seconds skew = 0s) {
    auto expected = good_expectation();
    expected.now = now;
    expected.skew = skew;
    return check_access_token(make_access_token(token, key_id(), signing_key()), expected, find_key);
}

std::string part(std::string const& text, int number) {
    std::size_t begin = 0;
    for (; number > 0; --number)
        begin = text.find('.', begin) + 1;
    auto const bytes =
        base::parse_base64url(std::string_view(text).substr(begin, text.find('.', begin) - begin));
    return std::string(base::as_text(bytes.value()));
}

TEST(AccessToken, has_exactly_the_three_header_members) {
    EXPECT_EQ(part(make_access_token(good_token(), key_id(), signing_key()), 0), good_header());
}

TEST(AccessToken, prints_its_claims_in_one_order_and_leaves_out_what_is_absent) {
    EXPECT_EQ(part(make_access_token(good_token(), key_id(), signing_key()), 1), good_claims());
}

TEST(AccessToken, of_the_same_claims_is_the_same_text) {
    EXPECT_EQ(make_access_token(good_token(), key_id(), signing_key()),
              make_access_token(good_token(), key_id(), signing_key()));
}

TEST(AccessToken, is_valid_from_iat_to_just_before_exp) {
    auto const token = good_token();
    EXPECT_EQ(check_at(token, noon - 1ms).error(), TokenFault::not_yet_valid);
    EXPECT_TRUE(check_at(token, noon).has_value());
    EXPECT_TRUE(check_at(token, token.expires_at - 1ms).has_value());
    EXPECT_EQ(check_at(token, token.expires_at).error(), TokenFault::expired);
}

TEST(AccessToken, is_valid_for_the_skew_longer_on_both_sides) {
    auto const token = good_token();
    EXPECT_EQ(check_at(token, noon - 60'001ms, 60s).error(), TokenFault::not_yet_valid);
    EXPECT_TRUE(check_at(token, noon - 60s, 60s).has_value());
    EXPECT_TRUE(check_at(token, token.expires_at + 59'999ms, 60s).has_value());
    EXPECT_EQ(check_at(token, token.expires_at + 60s, 60s).error(), TokenFault::expired);
}

TEST(AccessToken, with_a_lifetime_of_zero_is_born_expired) {
    auto token = good_token();
    token.expires_at = token.issued_at;
    EXPECT_EQ(check_at(token, noon).error(), TokenFault::expired);
}

TEST(AccessToken, expired_and_of_another_issuer_is_of_another_issuer) {
    auto token = good_token();
    token.issuer = "https://evil.example";
    EXPECT_EQ(check_at(token, noon + 24h).error(), TokenFault::wrong_issuer);
}

TEST(AccessToken, with_the_longest_lifetime_passes_and_a_second_more_does_not) {
    auto token = good_token();
    token.expires_at = noon + token_lifetime_max;
    EXPECT_TRUE(check_at(token, noon).has_value());
    token.expires_at += 1s;
    EXPECT_EQ(check_at(token, noon).error(), TokenFault::malformed);
}

TEST(AccessToken, may_carry_claims_unknown_to_us) {
    auto const text = signed_token(good_header(), open_claims() + R"(,"roles":["a",{"b":null}]})");
    EXPECT_EQ(check_access_token(text, good_expectation(), find_key).value(), good_token());
}

TEST(AccessToken, bound_to_a_key_says_so) {
    auto token = good_token();
    token.confirmation_key = key_id();
    EXPECT_EQ(check_at(token, noon).value().confirmation_key, key_id());
}

TEST(AccessToken, asks_the_lookup_for_its_kid_alone) {
    std::vector<KeyId> asked;
    auto const look = [&](KeyId const& wanted) {
        asked.push_back(wanted);
        return find_key(wanted);
    };
    auto const text = make_access_token(good_token(), key_id(), signing_key());
    EXPECT_TRUE(check_access_token(text, good_expectation(), look).has_value());
    EXPECT_EQ(asked, std::vector{key_id()});
}

// A28, A23: a name is a value and never a claim of its own, whatever stands in it.
TEST(AccessToken, A23_A28_username_of_any_characters_comes_back_and_overrides_nothing) {
    for (std::string const name : {R"(x","sub":"AAAAAAAAAAAAAAAAAAAAAA)", R"(\u0022)", "\"\\/\b\f\n\r\t",
                                   "\x7f", "\u202eecila", "\U0001f512", "e\u0301", "\u2028</script>", ""}) {
        auto token = good_token();
        token.username = name;
        EXPECT_EQ(check_at(token, noon).value(), token) << name;
    }
}

TEST(AccessToken, A28_long_usernames_are_not_cut) {
    for (std::size_t const size : {52uz, 72uz, 73uz, 256uz, 4096uz}) {
        auto token = good_token();
        token.username = std::string(size, 'n');
        EXPECT_EQ(check_at(token, noon).value(), token) << size;
    }
}

TEST(AccessToken, beyond_the_size_limit_is_refused_although_well_signed) {
    auto token = good_token();
    token.username = std::string(token_size_max, 'n');
    EXPECT_EQ(check_at(token, noon).error(), TokenFault::malformed);
}

// Any text of Unicode scalars but U+0000.
rc::Gen<std::string> any_text() {
    auto const scalar = rc::gen::oneOf(rc::gen::inRange<std::uint32_t>(1, 0x80),
                                       rc::gen::inRange<std::uint32_t>(0x80, 0xd800),
                                       rc::gen::inRange<std::uint32_t>(0xe000, 0x110000));
    return rc::gen::map(
        rc::gen::resize(40, rc::gen::container<std::u32string>(rc::gen::cast<char32_t>(scalar))),
        [](std::u32string const& scalars) {
            std::string text;
            for (auto const code : scalars) {
                auto const push = [&](std::uint32_t byte) { text.push_back(static_cast<char>(byte)); };
                if (code < 0x80) {
                    push(code);
                    continue;
                }
                if (code >= 0x10000)
                    push(0xf0 | code >> 18), push(0x80 | (code >> 12 & 63));
                else if (code >= 0x800)
                    push(0xe0 | code >> 12);
                push((code < 0x800 ? 0xc0 : 0x80) | (code >> 6 & (code < 0x800 ? 31 : 63)));
                push(0x80 | (code & 63));
            }
            return text;
        });
}
template <class Fixed>
rc::Gen<Fixed> any_bytes() {
    return rc::gen::map(
        rc::gen::container<std::array<std::uint8_t, Fixed::size>>(rc::gen::arbitrary<std::uint8_t>()),
        [](auto const& bytes) { return Fixed(bytes); });
}
template <class T>
std::optional<T> maybe(rc::Gen<T> gen) {
    return *rc::gen::arbitrary<bool>() ? std::optional<T>(*gen) : std::nullopt;
}

RC_GTEST_PROP(AccessToken, made_and_checked_is_itself, ()) {
    auto const issued =
        std::chrono::sys_seconds{std::chrono::seconds{*rc::gen::inRange<std::int64_t>(0, 1L << 40)}};
    AccessToken const token{.issuer = *any_text(),
                            .subject = *any_bytes<Subject>(),
                            .audience = *any_text(),
                            .client_id = *any_text(),
                            .issued_at = issued,
                            .expires_at = issued + std::chrono::seconds{*rc::gen::inRange(1, 86'401)},
                            .token_id = *any_bytes<TokenId>(),
                            .session_id = maybe(any_bytes<SessionId>()),
                            .username = maybe(any_text()),
                            .scope = maybe(any_text()),
                            .auth_time = maybe(rc::gen::just(issued)),
                            .confirmation_key = maybe(any_bytes<KeyId>())};
    Expected const expected{.issuer = token.issuer, .audience = token.audience, .now = issued};
    auto const text = make_access_token(token, key_id(), signing_key());
    RC_ASSERT(check_access_token(text, expected, find_key).value() == token);
}

RC_GTEST_PROP(AccessToken, with_any_character_changed_is_refused, ()) {
    auto text = make_access_token(good_token(), key_id(), signing_key());
    auto& character = text[*rc::gen::inRange<std::size_t>(0, text.size())];
    character = *rc::gen::distinctFrom(rc::gen::arbitrary<char>(), character);
    RC_ASSERT(!check_access_token(text, good_expectation(), find_key).has_value());
}

} // namespace
} // namespace bulla::token
