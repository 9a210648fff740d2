// For this folder's tests: one signing key, one good token, and forgeries signed with that key.
#pragma once

#include "base/encoding.hpp"
#include "token/access_token.hpp"

namespace bulla::token::test {

inline crypto::Ed25519KeyPair const& signing_key() {
    static auto const key = crypto::Ed25519KeyPair::from_seed(
        crypto::Ed25519Seed::make([](base::ByteSpan bytes) { std::ranges::fill(bytes, std::uint8_t{7}); }));
    return key;
}
inline KeyId key_id() { return make_key_id(signing_key().public_key()); }
inline std::optional<crypto::Ed25519PublicKey> find_key(KeyId const& wanted) {
    return wanted == key_id() ? std::optional(signing_key().public_key()) : std::nullopt;
}

inline constexpr std::chrono::sys_seconds noon{std::chrono::seconds{1'800'000'000}};

inline AccessToken good_token() {
    return {.issuer = "https://id.example",
            .subject = Subject(std::array<std::uint8_t, 16>{1, 2, 3}),
            .audience = "https://api.example",
            .client_id = "plain-form",
            .issued_at = noon,
            .expires_at = noon + std::chrono::minutes{15},
            .token_id = TokenId(std::array<std::uint8_t, 16>{4, 5, 6}),
            .session_id = SessionId(std::array<std::uint8_t, 16>{7, 8, 9}),
            .username = "alice"};
}
inline Expected good_expectation() {
    return {.issuer = "https://id.example", .audience = "https://api.example", .now = noon};
}

inline std::string good_header() {
    return R"({"alg":"EdDSA","typ":"at+jwt","kid":")" + print_key_id(key_id()) + R"("})";
}
// The claims of good_token(), without the closing brace, so that more can follow.
inline std::string open_claims() {
    return R"({"iss":"https://id.example","sub":"AQIDAAAAAAAAAAAAAAAAAA","aud":"https://api.example",)"
           R"("client_id":"plain-form","iat":1800000000,"exp":1800000900,"jti":"BAUGAAAAAAAAAAAAAAAAAA",)"
           R"("sid":"BwgJAAAAAAAAAAAAAAAAAA","username":"alice")";
}
inline std::string good_claims() { return open_claims() + "}"; }
// `text` with its one occurrence of `from` replaced.
inline std::string with(std::string text, std::string_view from, std::string_view to) {
    auto const place = text.find(from);
    CHECK(place != text.npos);
    return text.replace(place, from.size(), to);
}

// Any header and payload under a good signature.
inline std::string signed_token(std::string_view header, std::string_view payload) {
    auto const input =
        base::to_base64url(base::as_bytes(header)) + "." + base::to_base64url(base::as_bytes(payload));
    return input + "." + base::to_base64url(signing_key().sign(base::as_bytes(input)));
}

} // namespace bulla::token::test
