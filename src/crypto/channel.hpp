// Messages that one node seals to another: X25519, XSalsa20 and Poly1305 (libsodium's crypto_box).
//
// Both sides have a channel key of long life. Who opens a message knows that one of the two made it, and that
// nobody else read it; which of the two, and what it answers, stands in the message. No forward secrecy: who
// gets a channel key later can read what was recorded before.
//
//   sealed = nonce[24] ‖ tag[16] ‖ ciphertext
#pragma once

#include "base/bytes.hpp"
#include "base/secret.hpp"
#include "base/time.hpp"

#include <optional>

namespace bulla::crypto {

using ChannelPublicKey = base::Bytes<struct ChannelPublicKeyMeaning, 32>;

class ChannelKeyPair {
public:
    static ChannelKeyPair from_seed(Secret<32> const& seed); // X25519's private key itself

    ChannelPublicKey const& public_key() const { return public_key_; }

    // Nothing for a public key of small order, which no node has.
    std::optional<base::ByteBuffer> seal(ChannelPublicKey const& to, base::ByteView message,
                                         base::Randomness& randomness) const;
    std::optional<SecretBytes> open(ChannelPublicKey const& from, base::ByteView sealed) const;

private:
    ChannelKeyPair(ChannelPublicKey public_key, Secret<32> private_key)
        : public_key_(public_key), private_key_(std::move(private_key)) {}
    ChannelPublicKey public_key_;
    Secret<32> private_key_;
};

} // namespace bulla::crypto
