#include "crypto/ed25519.hpp"

#include <sodium.h>

namespace bulla::crypto {

Ed25519KeyPair Ed25519KeyPair::from_seed(Ed25519Seed const& seed) {
    Ed25519PublicKey public_key;
    auto expanded = Secret<64>::make([&](base::ByteSpan bytes) {
        crypto_sign_seed_keypair(public_key.writable().data(), bytes.data(), seed.expose().data());
    });
    return {public_key, std::move(expanded)};
}

Ed25519KeyPair Ed25519KeyPair::generate(base::Randomness& randomness) {
    return from_seed(Ed25519Seed::make([&](base::ByteSpan bytes) { randomness.fill(bytes); }));
}

Ed25519Signature Ed25519KeyPair::sign(base::ByteView message) const {
    Ed25519Signature signature;
    crypto_sign_detached(signature.writable().data(), nullptr, message.data(), message.size(),
                         expanded_.expose().data());
    return signature;
}

Ed25519Seed Ed25519KeyPair::seed() const {
    return Ed25519Seed::from(expanded_.expose().first<32>());
}

bool verify(Ed25519PublicKey const& public_key, base::ByteView message, Ed25519Signature const& signature) {
    return crypto_sign_verify_detached(signature.view().data(), message.data(), message.size(),
                                       public_key.view().data()) == 0;
}

bool is_registrable(Ed25519PublicKey const& public_key) {
    return crypto_core_ed25519_is_valid_point(public_key.view().data()) == 1;
}

} // namespace bulla::crypto
