// ECDSA signatures over P-256 with SHA-256 (FIPS 186-5), as passkeys and SSH keys make them; verification
// only.
//
// A public key is x ‖ y, a signature r ‖ s, big-endian, 32 bytes each. verify() accepts exactly if the point
// lies on the curve, 0 < r, s < group order, and the equation holds. A high s is legal in WebAuthn, so one
// message has two signatures: no entry is identified by its signature bytes. A key may be registered if
// is_registrable(): its point lies on the curve, whose order is prime.
#pragma once

#include "base/bytes.hpp"

namespace bulla::crypto {

using P256PublicKey = base::Bytes<struct P256PublicKeyMeaning, 64>;
using P256Signature = base::Bytes<struct P256SignatureMeaning, 64>;

bool verify(P256PublicKey const& public_key, base::ByteView message, P256Signature const& signature);
bool is_registrable(P256PublicKey const& public_key);

} // namespace bulla::crypto
