#include "token/jws.hpp"

#include "base/encoding.hpp"
#include "token/limits.hpp"
#include "token/strict_json.hpp"

namespace bulla::token {
namespace {

// The three parts, still encoded; views into the token.
struct CompactParts {
    std::string_view header;
    std::string_view payload;
    std::string_view signature;
    std::string_view signing_input; // RFC 7515 §5.1, step 5: header "." payload
};

std::optional<CompactParts> split(std::string_view text) {
    if (text.size() > token_size_max)
        return std::nullopt;
    auto const first = text.find('.');
    auto const second = first == text.npos ? text.npos : text.find('.', first + 1);
    if (second == text.npos || text.find('.', second + 1) != text.npos)
        return std::nullopt;
    return CompactParts{.header = text.substr(0, first),
                        .payload = text.substr(first + 1, second - first - 1),
                        .signature = text.substr(second + 1),
                        .signing_input = text.substr(0, second)};
}

// Checks alg and typ, and gives the key's id. A kid that cannot be an id is no key's.
Result<KeyId, TokenFault> check_header(std::string_view encoded, std::string_view type) {
    auto const bytes = base::parse_base64url(encoded);
    if (!bytes)
        return std::unexpected{TokenFault::malformed};
    auto const header = parse_strict_object(base::as_text(*bytes));
    if (!header)
        return std::unexpected{TokenFault::malformed};
    if (find_string(*header, "alg") != jose_name(Algorithm::eddsa))
        return std::unexpected{TokenFault::wrong_algorithm};
    if (find_string(*header, "typ") != type)
        return std::unexpected{TokenFault::wrong_type};
    auto const kid = find_string(*header, "kid");
    if (!kid || header->size() != 3) // crit, jku, jwk, x5u, x5c, zip …
        return std::unexpected{TokenFault::malformed};
    if (auto const key_id = parse_key_id(*kid))
        return *key_id;
    return std::unexpected{TokenFault::unknown_key};
}

std::optional<crypto::Ed25519Signature> parse_signature(std::string_view encoded) {
    auto const bytes = base::parse_base64url(encoded);
    return bytes ? crypto::Ed25519Signature::parse(*bytes) : std::nullopt;
}

} // namespace

std::string make_jws(std::string_view type, std::string_view payload, KeyId const& key_id,
                     crypto::Ed25519KeyPair const& signing_key) {
    auto header = std::string(R"({"alg":"EdDSA","typ":")");
    header.append(type).append(R"(","kid":")").append(print_key_id(key_id)).append(R"("})");
    auto text = base::to_base64url(base::as_bytes(header));
    text.append(".").append(base::to_base64url(base::as_bytes(payload)));
    auto const signature = signing_key.sign(base::as_bytes(text));
    return text.append(".").append(base::to_base64url(signature));
}

// RFC 7515 §5.2, compact form.
Result<std::string, TokenFault> check_jws(std::string_view text, std::string_view type,
                                          KeyLookup const& find_key) {
    auto const parts = split(text);
    if (!parts)
        return std::unexpected{TokenFault::malformed};
    auto const key_id = TRY(check_header(parts->header, type));
    auto const signature = parse_signature(parts->signature);
    auto const payload = base::parse_base64url(parts->payload);
    if (!signature || !payload)
        return std::unexpected{TokenFault::malformed};
    auto const public_key = find_key(key_id);
    if (!public_key)
        return std::unexpected{TokenFault::unknown_key};
    if (!crypto::verify(*public_key, base::as_bytes(parts->signing_input), *signature))
        return std::unexpected{TokenFault::wrong_signature};
    return std::string(base::as_text(*payload));
}

} // namespace bulla::token
