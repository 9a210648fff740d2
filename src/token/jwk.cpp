#include "token/jwk.hpp"

#include "base/encoding.hpp"
#include "crypto/hash.hpp"

#include <algorithm>

namespace bulla::token {
namespace {

std::string text_of(std::initializer_list<std::string_view> parts) {
    std::string text;
    for (auto const part : parts)
        text += part;
    return text;
}

} // namespace

bool is_supported(Algorithm algorithm) { return algorithm == Algorithm::eddsa; }

std::string_view jose_name(Algorithm algorithm) {
    switch (algorithm) {
        case Algorithm::eddsa: return "EdDSA";
        case Algorithm::es256: return "ES256";
        case Algorithm::rs256: return "RS256";
    }
    CHECK_UNREACHABLE();
}

// RFC 7638 §3.2 and RFC 8037 §2: crv, kty and x, in this order, without white space.
KeyId make_key_id(crypto::Ed25519PublicKey const& public_key) {
    auto const members =
        text_of({R"({"crv":"Ed25519","kty":"OKP","x":")", base::to_base64url(public_key), R"("})"});
    return KeyId::from(crypto::sha256(base::as_bytes(members)));
}

std::string print_key_id(KeyId const& key_id) { return base::to_base64url(key_id); }

std::optional<KeyId> parse_key_id(std::string_view text) {
    auto const bytes = base::parse_base64url(text);
    return bytes ? KeyId::parse(*bytes) : std::nullopt;
}

std::string print_jwk(crypto::Ed25519PublicKey const& public_key) {
    return text_of({R"({"kty":"OKP","crv":"Ed25519","x":")", base::to_base64url(public_key),
                    R"(","use":"sig","alg":"EdDSA","kid":")", print_key_id(make_key_id(public_key)),
                    R"("})"});
}

void JwkSet::add(crypto::Ed25519PublicKey const& public_key) {
    auto const key_id = make_key_id(public_key);
    auto const place = std::ranges::lower_bound(rows_, key_id, {}, &Row::key_id);
    if (place == rows_.end() || place->key_id != key_id)
        rows_.insert(place, Row{.key_id = key_id, .public_key = public_key});
}

std::optional<crypto::Ed25519PublicKey> JwkSet::find(KeyId const& key_id) const {
    auto const place = std::ranges::lower_bound(rows_, key_id, {}, &Row::key_id);
    if (place == rows_.end() || place->key_id != key_id)
        return std::nullopt;
    return place->public_key;
}

std::string JwkSet::print() const {
    std::string text = R"({"keys":[)";
    for (auto const& row : rows_) {
        if (&row != rows_.data())
            text += ',';
        text += print_jwk(row.public_key);
    }
    return text + "]}";
}

} // namespace bulla::token
