// Ed25519 signatures (RFC 8032) by libsodium alone; the rule is consensus (docs/formats/evidence.md).
//
// verify() accepts exactly if S < ℓ, R is no small-order encoding, A is canonical, not of small order and
// decodes, and the encoding of S·B − h·A equals R byte for byte. A key may be registered only if
// is_registrable(): it lies in the prime-order subgroup. OpenSSL accepts more and is never asked.
#pragma once

#include "base/bytes.hpp"
#include "base/secret.hpp"
#include "base/time.hpp"

namespace bulla::crypto {

using Ed25519PublicKey = base::Bytes<struct Ed25519PublicKeyMeaning, 32>;
using Ed25519Signature = base::Bytes<struct Ed25519SignatureMeaning, 64>;
using Ed25519Seed = Secret<32>; // RFC 8032 §5.1.5: the private key

// A key pair made from its seed. Move-only; wiped.
class Ed25519KeyPair {
public:
    static Ed25519KeyPair from_seed(Ed25519Seed const& seed);
    static Ed25519KeyPair generate(base::Randomness& randomness);

    Ed25519PublicKey const& public_key() const { return public_key_; }
    Ed25519Signature sign(base::ByteView message) const;
    Ed25519Seed seed() const;

private:
    Ed25519KeyPair(Ed25519PublicKey public_key, Secret<64> expanded)
        : public_key_(public_key), expanded_(std::move(expanded)) {}
    Ed25519PublicKey public_key_;
    Secret<64> expanded_; // seed ‖ public key, libsodium's form
};

bool verify(Ed25519PublicKey const& public_key, base::ByteView message, Ed25519Signature const& signature);
bool is_registrable(Ed25519PublicKey const& public_key);

} // namespace bulla::crypto
