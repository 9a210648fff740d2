// Compact JWS (RFC 7515 §7.1) by Ed25519 (RFC 8037), one spelling each.
//
//   token  = base64url(header) "." base64url(payload) "." base64url(signature)
//   header = {"alg":"EdDSA","typ":TYPE,"kid":KID}
//
// A token has at most token_size_max bytes; its header these three members, in any order, and no other.
// No key, and no place to fetch one, is ever taken from the token: jwk, jku, x5u, x5c, crit, zip and every
// other header member beside these three is refused. The key comes from the lookup alone, and is a key of
// this one algorithm.
#pragma once

#include "base/result.hpp"
#include "token/fault.hpp"
#include "token/jwk.hpp"

#include <functional>

namespace bulla::token {

// The signing key of this id, when it may verify now; nothing otherwise. Must not throw.
using KeyLookup = std::function<std::optional<crypto::Ed25519PublicKey>(KeyId const&)>;

// `type` is printed as it stands: a media type of ours without "application/", such as "at+jwt".
std::string make_jws(std::string_view type, std::string_view payload, KeyId const& key_id,
                     crypto::Ed25519KeyPair const& signing_key);

// The payload of a token whose header names this type exactly and whose signature is good. Faults: malformed,
// wrong_algorithm, wrong_type, unknown_key, wrong_signature. Nothing of the payload is
// read before the signature.
Result<std::string, TokenFault> check_jws(std::string_view text, std::string_view type,
                                          KeyLookup const& find_key);

} // namespace bulla::token
