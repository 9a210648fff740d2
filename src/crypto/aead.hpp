// AES-256-GCM (NIST SP 800-38D) with a 12-byte AEAD nonce and a 16-byte tag at the end, by OpenSSL.
#pragma once

#include "base/bytes.hpp"
#include "base/secret.hpp"

#include <optional>

namespace bulla::crypto {

using AeadKey = Secret<32>;
using AeadNonce = base::Bytes<struct AeadNonceMeaning, 12>;
inline constexpr std::size_t aead_tag_size = 16;

// plaintext.size() + 16 bytes.
base::ByteBuffer seal(AeadKey const& key, AeadNonce const& aead_nonce, base::ByteView associated,
                      base::ByteView plaintext);

// Nothing when the tag is wrong or the input is shorter than a tag.
std::optional<SecretBytes> open(AeadKey const& key, AeadNonce const& aead_nonce, base::ByteView associated,
                                base::ByteView sealed);

} // namespace bulla::crypto
