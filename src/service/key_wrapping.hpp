// Key files that are encrypted: their formats, and nothing of the disk (docs/formats/store.md draws them).
//
// A passphrase, stretched, opens the wrapping; the wrapping holds one random key, the wrapping key; that
// seals every key file of the directory under the file's name. So one stretching opens all, a new passphrase
// replaces one small file, and a sealed file opens in its own place alone.
//
// What was changed by one bit, was cut, or stands under another name does not open.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"
#include "crypto/aead.hpp"
#include "crypto/argon2id.hpp"

#include <string_view>

namespace bulla::service {

struct Wrapping {
    crypto::StretchingParameters stretching;
    crypto::Argon2idSalt salt;
    crypto::AeadNonce aead_nonce;
    base::Bytes<struct WrappedKeyMeaning, 32 + crypto::aead_tag_size> wrapped_key;
};

inline constexpr std::size_t wrapping_size = 104; // of the file, in bytes
base::ByteBuffer encode(Wrapping const& wrapping);
// Nothing: no wrapping, or parameters that are not acceptable. What parses encodes to the same bytes.
std::optional<Wrapping> parse_wrapping(base::ByteView file);

enum class UnwrapFault : std::uint8_t {
    refused, // another passphrase, or a changed file: nobody can tell the two apart
    no_memory,
};
// The passphrase is not empty.
Result<Wrapping, UnwrapFault> wrap(crypto::AeadKey const& wrapping_key, base::ByteView passphrase,
                                   crypto::StretchingParameters const& stretching,
                                   base::Randomness& randomness);
Result<crypto::AeadKey, UnwrapFault> unwrap(Wrapping const& wrapping, base::ByteView passphrase);

// The bytes of the file that holds the key under this name: sealed_size() of the key's.
constexpr std::size_t sealed_size(std::size_t key_size) {
    return 16 + crypto::AeadNonce::size + key_size + crypto::aead_tag_size;
}
base::ByteBuffer seal_key(crypto::AeadKey const& wrapping_key, std::string_view name, base::ByteView key,
                          base::Randomness& randomness);
std::optional<SecretBytes> open_key(crypto::AeadKey const& wrapping_key, std::string_view name,
                                    base::ByteView file);

} // namespace bulla::service
