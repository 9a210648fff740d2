// Recovery codes: what a person keeps on paper to come back to an account without any of its credentials
// (docs/decisions/0033, docs/formats/recovery-codes.md).
//
//   code     128 random bits
//   text     the number in Crockford's base32, 26 symbols, the highest first, and its check symbol (the
//   number
//            modulo 37): 27 symbols in groups of three, "0A1-B2C-…"
//   seed     HKDF-SHA-512(salt: empty, input: code[16], info: "bulla/recovery-key/v1" ‖ network[32]), 32
//   bytes key      Ed25519 of the seed; its public half is a credential of the kind recovery_key
//
// The check symbol finds every single wrong symbol and every swap of two neighbours.
#pragma once

#include "crypto/ed25519.hpp"

namespace bulla::credential {

inline constexpr std::size_t recovery_code_symbols = 27;

class RecoveryCode {
public:
    static RecoveryCode generate(base::Randomness& randomness);
    static RecoveryCode from_bits(Secret<16> bits) { return RecoveryCode(std::move(bits)); }

    // As a person types it: any case; hyphens and spaces anywhere; O for 0, I and L for 1. Nothing: another
    // length, another symbol, or a check symbol that does not fit.
    static std::optional<RecoveryCode> parse(base::ByteView text);

    SecretBytes print() const; // 35 characters
    crypto::Ed25519KeyPair derive_key(base::ByteView network) const;

private:
    explicit RecoveryCode(Secret<16> bits) : bits_(std::move(bits)) {}
    Secret<16> bits_;
};

} // namespace bulla::credential
