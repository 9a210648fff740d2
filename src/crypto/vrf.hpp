// ECVRF-RISTRETTO255-SHA512 of C2SP vrf-r255 (RFC 9381): turns a username into its label, provably.
//
//   proof = gamma[32] ‖ c[16] ‖ s[32]          output β = 64 bytes, a function of gamma alone
#pragma once

#include "crypto/ristretto.hpp"

namespace bulla::crypto {

using VrfPublicKey = base::Bytes<struct VrfPublicKeyMeaning, 32>;
using VrfProof = base::Bytes<struct VrfProofMeaning, 80>;
using VrfOutput = base::Bytes<struct VrfOutputMeaning, 64>;

// The half of a proof that the output needs already, kept so that the proof need not do it again. Secret as
// the name it was made of.
struct VrfEvaluation {
    Element point; // H, of alpha
    Element gamma; // private key · H
    VrfOutput output() const; // β
};

class VrfKeyPair {
public:
    // The private key: 64 random bytes, reduced modulo ℓ. `seed` is those 64 bytes or the reduced 32 ‖ 32
    // zero bytes.
    static VrfKeyPair from_seed(Secret<64> const& seed);

    VrfPublicKey const& public_key() const { return public_key_; }
    VrfEvaluation evaluate(base::ByteView alpha) const; // about half of what evaluation and proof cost
    VrfProof prove(VrfEvaluation const& evaluation) const; // of this key's own; deterministic
    VrfProof prove(base::ByteView alpha) const { return prove(evaluate(alpha)); }

private:
    VrfKeyPair(Scalar private_key, VrfPublicKey public_key)
        : private_key_(std::move(private_key)), public_key_(public_key) {}
    Scalar private_key_;
    VrfPublicKey public_key_;
};

// RFC 9381 §5.4.1, encode_to_curve with the public key as salt: the point H of the proof.
Element hash_to_vrf_point(VrfPublicKey const& public_key, base::ByteView alpha);

// β when the proof is good for alpha under the key; nothing otherwise. Refuses a non-canonical or identity
// gamma and s ≥ ℓ, so a proof has one spelling.
std::optional<VrfOutput> check_vrf(VrfPublicKey const& public_key, base::ByteView alpha,
                                   VrfProof const& proof);

// RFC 9381 §5.2, proof_to_hash: β of a proof that nobody has checked, for comparing a stored proof with the
// label it stands beside when the name is not known. Nothing when gamma does not decode.
std::optional<VrfOutput> unverified_output(VrfProof const& proof);

} // namespace bulla::crypto
