// Public keys as JSON Web Keys (RFC 7517, RFC 8037) and their ids (RFC 7638).
//
// Each key has one algorithm, for ever (RFC 8725 §3.1). Only Ed25519 is implemented; the other algorithms
// have their number, the one the ledger uses, and no keys yet.
#pragma once

#include "base/result.hpp"
#include "crypto/ed25519.hpp"

#include <string>
#include <vector>

namespace bulla::token {

enum class Algorithm : std::uint8_t { eddsa = 1, es256 = 2, rs256 = 3 };

bool is_supported(Algorithm algorithm);

// The JOSE name (RFC 7518 §3.1, RFC 8037 §3.1): "EdDSA", "ES256", "RS256".
std::string_view jose_name(Algorithm algorithm);

// SHA-256 of a key's required members (RFC 7638 §3); printed as base64url, 43 characters. Names a key as
// `kid` and `jkt`.
using KeyId = base::Bytes<struct KeyIdMeaning, 32>;

KeyId make_key_id(crypto::Ed25519PublicKey const& public_key);

std::string print_key_id(KeyId const& key_id);
std::optional<KeyId> parse_key_id(std::string_view text);

// {"kty":"OKP","crv":"Ed25519","x":…,"use":"sig","alg":"EdDSA","kid":…}
std::string print_jwk(crypto::Ed25519PublicKey const& public_key);

// A JWK set (RFC 7517 §5); equal sets print alike. Invariants: 1. keys in ascending key id; 2. each key once.
class JwkSet {
public:
    void add(crypto::Ed25519PublicKey const& public_key);

    std::optional<crypto::Ed25519PublicKey> find(KeyId const& key_id) const;
    std::size_t size() const { return rows_.size(); }
    std::string print() const; // {"keys":[…]}

private:
    struct Row {
        KeyId key_id;
        crypto::Ed25519PublicKey public_key;
    };
    std::vector<Row> rows_;
};

} // namespace bulla::token
