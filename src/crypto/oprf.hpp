// OPRF(ristretto255, SHA-512) of RFC 9497, mode 0x00, and its key derivations.
#pragma once

#include "crypto/hash.hpp"
#include "crypto/ristretto.hpp"

namespace bulla::crypto {

// RFC 9380 §5.3.1 with SHA-512; size ≤ 255 · 64.
SecretBytes expand_message_xmd(Parts message, Parts domain_separation_tag, std::size_t size);

// RFC 9497 §3.2.1 and §4.1: HashToGroup, HashToScalar with the mode-0 context string.
Element hash_to_group(base::ByteView input);

struct OprfKeyPair {
    Scalar private_key;
    Element public_key;
};
// RFC 9497 §3.2.1 DeriveKeyPair(seed, info), mode 0.
OprfKeyPair derive_key_pair(base::ByteView seed, base::ByteView info);

struct Blinded {
    Scalar blind;
    Element blinded_element;
};
// RFC 9497 §3.3.1. The randomness is the blind itself, so that vectors can be run.
Blinded blind(base::ByteView input, Scalar blind_scalar);

// Never the identity: key and element are neither zero nor identity, and the group has prime order.
Element blind_evaluate(Scalar const& key, Element const& blinded_element);

// The 64-byte output. The blind is the one blind() was given.
Secret<64> finalize(base::ByteView input, Scalar const& blind_scalar, Element const& evaluated_element);

} // namespace bulla::crypto
