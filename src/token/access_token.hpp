// Access tokens (RFC 9068, with RFC 8725's rules): made and checked here alone.
//
//   {"iss":…,"sub":…,"aud":…,"client_id":…,"iat":…,"exp":…,"jti":…
//    [,"sid":…][,"username":…][,"scope":…][,"auth_time":…][,"cnf":{"jkt":…}]}
//
// sub, sid and jti are 16 bytes in base64url (22 characters); times are whole seconds since 1970; `aud` is
// one string. A token is valid from iat up to and without exp: one with a lifetime of zero is born expired.
// Claims that are not listed are ignored; `nbf` is honoured. Comparison of issuer and audience is byte by
// byte.
#pragma once

#include "base/time.hpp"
#include "token/jws.hpp"
#include "token/limits.hpp"

namespace bulla::token {

inline constexpr std::string_view access_token_type = "at+jwt";

using Subject = base::Bytes<struct SubjectMeaning, 16>;     // the account id, or the id of a client alone
using SessionId = base::Bytes<struct SessionIdMeaning, 16>; // a row of the session table
using TokenId = base::Bytes<struct TokenIdMeaning, 16>;     // random, unlike any other token's

struct AccessToken {
    std::string issuer;
    Subject subject;
    std::string audience;
    std::string client_id;
    std::chrono::sys_seconds issued_at;
    std::chrono::sys_seconds expires_at;
    TokenId token_id;
    std::optional<SessionId> session_id = std::nullopt; // absent: a client that acts for itself
    std::optional<std::string> username = std::nullopt; // normalised; valid UTF-8
    std::optional<std::string> scope = std::nullopt;    // scope tokens with single spaces
    std::optional<std::chrono::sys_seconds> auth_time = std::nullopt;
    std::optional<KeyId> confirmation_key = std::nullopt; // RFC 9449 §6.1: never accepted as a bearer token

    friend bool operator==(AccessToken const&, AccessToken const&) = default;
};

struct Expected {
    std::string_view issuer;
    std::string_view audience;
    base::Timestamp now;
    std::chrono::seconds skew{0};                           // 0 for tokens of this clock; at most 60 s
    std::chrono::seconds lifetime_max = token_lifetime_max; // exp − iat beyond it is malformed
};

// The texts must be valid UTF-8 and together leave the token below token_size_max: a longer one is refused.
std::string make_access_token(AccessToken const& access_token, KeyId const& key_id,
                              crypto::Ed25519KeyPair const& signing_key);

// After the faults of check_jws, in this order: malformed, wrong_issuer, wrong_audience, not_yet_valid,
// expired.
Result<AccessToken, TokenFault> check_access_token(std::string_view text, Expected const& expected,
                                                   KeyLookup const& find_key);

} // namespace bulla::token
