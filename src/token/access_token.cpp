#include "token/access_token.hpp"

#include "base/encoding.hpp"
#include "token/strict_json.hpp"

#include <boost/json/serialize.hpp>

namespace bulla::token {
namespace {

namespace json = boost::json;

// Whether an optional member was absent, or there in its right form; anything else spoils the token.
class ClaimReader {
public:
    explicit ClaimReader(json::object const& claims) : claims_(claims) {}

    std::string text(std::string_view name) { return need(optional_text(name)); }
    std::chrono::sys_seconds time(std::string_view name) { return need(optional_time(name)); }
    template <class Id>
    Id id(std::string_view name) {
        return need(optional_id<Id>(name));
    }

    std::optional<std::string> optional_text(std::string_view name) {
        auto const found = find_string(claims_, name);
        return noted(name, found ? std::optional<std::string>(*found) : std::nullopt);
    }
    std::optional<std::chrono::sys_seconds> optional_time(std::string_view name) {
        return noted(name, find_time(claims_, name));
    }
    template <class Id>
    std::optional<Id> optional_id(std::string_view name) {
        auto const spelled = find_string(claims_, name);
        auto const bytes = spelled ? base::parse_base64url(*spelled) : std::nullopt;
        return noted(name, bytes ? Id::parse(*bytes) : std::nullopt);
    }
    // RFC 9449 §6.1; another confirmation method than jkt is one that we could not check.
    std::optional<KeyId> optional_confirmation() {
        auto const* const value = claims_.if_contains("cnf");
        auto const* const members = value ? value->if_object() : nullptr;
        auto const spelled = members && members->size() == 1 ? find_string(*members, "jkt") : std::nullopt;
        return noted("cnf", spelled ? parse_key_id(*spelled) : std::nullopt);
    }

    bool ok() const { return ok_; }

private:
    template <class T>
    T need(std::optional<T> found) {
        ok_ = ok_ && found.has_value();
        return std::move(found).value_or(T{});
    }
    template <class T>
    std::optional<T> noted(std::string_view name, std::optional<T> found) {
        ok_ = ok_ && (found.has_value() || !claims_.contains(name));
        return found;
    }

    json::object const& claims_;
    bool ok_ = true;
};

std::int64_t count(std::chrono::sys_seconds time) { return time.time_since_epoch().count(); }

std::string print_claims(AccessToken const& token) {
    json::object claims;
    claims["iss"] = token.issuer;
    claims["sub"] = base::to_base64url(token.subject);
    claims["aud"] = token.audience;
    claims["client_id"] = token.client_id;
    claims["iat"] = count(token.issued_at);
    claims["exp"] = count(token.expires_at);
    claims["jti"] = base::to_base64url(token.token_id);
    if (token.session_id)
        claims["sid"] = base::to_base64url(*token.session_id);
    if (token.username)
        claims["username"] = *token.username;
    if (token.scope)
        claims["scope"] = *token.scope;
    if (token.auth_time)
        claims["auth_time"] = count(*token.auth_time);
    if (token.confirmation_key)
        claims["cnf"] = json::object{{"jkt", print_key_id(*token.confirmation_key)}};
    return json::serialize(claims);
}

struct Claims {
    AccessToken token;
    std::optional<std::chrono::sys_seconds> not_before;
};

Result<Claims, TokenFault> parse_claims(std::string_view payload) {
    auto const object = parse_strict_object(payload);
    if (!object)
        return std::unexpected{TokenFault::malformed};
    ClaimReader reader{*object};
    Claims claims{.token = {.issuer = reader.text("iss"),
                            .subject = reader.id<Subject>("sub"),
                            .audience = reader.text("aud"),
                            .client_id = reader.text("client_id"),
                            .issued_at = reader.time("iat"),
                            .expires_at = reader.time("exp"),
                            .token_id = reader.id<TokenId>("jti"),
                            .session_id = reader.optional_id<SessionId>("sid"),
                            .username = reader.optional_text("username"),
                            .scope = reader.optional_text("scope"),
                            .auth_time = reader.optional_time("auth_time"),
                            .confirmation_key = reader.optional_confirmation()},
                  .not_before = reader.optional_time("nbf")};
    if (!reader.ok())
        return std::unexpected{TokenFault::malformed};
    return claims;
}

Result<void, TokenFault> check_times(Claims const& claims, Expected const& expected) {
    auto const& token = claims.token;
    auto const latest_start = expected.now + expected.skew;
    if (token.issued_at > latest_start || claims.not_before.value_or(token.issued_at) > latest_start)
        return std::unexpected{TokenFault::not_yet_valid};
    if (token.expires_at <= expected.now - expected.skew)
        return std::unexpected{TokenFault::expired};
    return {};
}

} // namespace

std::string make_access_token(AccessToken const& access_token, KeyId const& key_id,
                              crypto::Ed25519KeyPair const& signing_key) {
    return make_jws(access_token_type, print_claims(access_token), key_id, signing_key);
}

Result<AccessToken, TokenFault> check_access_token(std::string_view text, Expected const& expected,
                                                   KeyLookup const& find_key) {
    auto const payload = TRY(check_jws(text, access_token_type, find_key));
    auto claims = TRY(parse_claims(payload));
    if (claims.token.expires_at - claims.token.issued_at > expected.lifetime_max)
        return std::unexpected{TokenFault::malformed};
    if (claims.token.issuer != expected.issuer)
        return std::unexpected{TokenFault::wrong_issuer};
    if (claims.token.audience != expected.audience)
        return std::unexpected{TokenFault::wrong_audience};
    TRY(check_times(claims, expected));
    return std::move(claims.token);
}

} // namespace bulla::token
