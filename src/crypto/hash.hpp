// SHA-256, SHA-512 (FIPS 180-4), HMAC-SHA-512 (RFC 2104) and HKDF-SHA-512 (RFC 5869).
//
// The inputs are byte views; several parts are hashed one after the other without separators, so each caller
// draws its format above the call. Nothing here fails.
#pragma once

#include "base/bytes.hpp"
#include "base/secret.hpp"

#include <initializer_list>

namespace bulla::crypto {

using Parts = std::initializer_list<base::ByteView>;

using Sha256Digest = base::Bytes<struct Sha256DigestMeaning, 32>;
using Sha512Digest = base::Bytes<struct Sha512DigestMeaning, 64>;

Sha256Digest sha256(Parts parts);
inline Sha256Digest sha256(base::ByteView bytes) {
    return sha256({bytes});
}
Sha512Digest sha512(Parts parts);

// SHA-512 of secret parts. The result is secret, and the hash state is wiped.
Secret<64> sha512_secret(Parts parts);

Secret<64> hmac_sha512(base::ByteView key, Parts parts);

// RFC 5869 §2.2; an empty salt and 64 zero bytes are the same.
Secret<64> hkdf_extract(base::ByteView salt, Parts input_key_material);

// RFC 5869 §2.3. size ≤ 255 · 64.
SecretBytes hkdf_expand(base::ByteView pseudorandom_key, Parts info, std::size_t size);
template <std::size_t N>
Secret<N> hkdf_expand(base::ByteView pseudorandom_key, Parts info) {
    return Secret<N>::from(hkdf_expand(pseudorandom_key, info, N).expose());
}

} // namespace bulla::crypto
