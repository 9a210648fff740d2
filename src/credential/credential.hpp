// What a credential is: its kind, its public key and its id (docs/formats/evidence.md).
//
// Credential id = SHA-256("bulla/credential-id/v1" ‖ owner[32] ‖ u8 kind ‖ public key)[0:16], where the owner
// is an account's label, or a node's id for operators.
#pragma once

#include "base/bytes.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/p256.hpp"

#include <utility>
#include <variant>

namespace bulla::credential {

// The numbers are consensus.
enum class CredentialKind : std::uint8_t {
    password = 1, // an Ed25519 key derived from OPAQUE's export_key
    passkey = 2, // WebAuthn, Ed25519 or P-256
    device_key = 3, // a plain Ed25519 key
    recovery_key = 4, // an Ed25519 key whose seed is printed on paper; signs begin_recovery only
    ssh_key = 5, // ssh-keygen -Y sign, Ed25519 or P-256
};

using CredentialId = base::Bytes<struct CredentialIdMeaning, 16>;
using CredentialOwner = base::Bytes<struct CredentialOwnerMeaning, 32>;
using crypto::P256PublicKey;

// 32 bytes: Ed25519; 64 bytes: P-256. The length tells the algorithm.
class PublicKey {
public:
    PublicKey() = default;
    explicit PublicKey(crypto::Ed25519PublicKey key) : key_(key) {}
    explicit PublicKey(P256PublicKey key) : key_(key) {}
    static std::optional<PublicKey> parse(base::ByteView bytes); // nothing: another length

    base::ByteView view() const;
    crypto::Ed25519PublicKey const* ed25519() const { return std::get_if<crypto::Ed25519PublicKey>(&key_); }
    P256PublicKey const* p256() const { return std::get_if<P256PublicKey>(&key_); }
    friend bool operator==(PublicKey const&, PublicKey const&) = default;

private:
    std::variant<crypto::Ed25519PublicKey, P256PublicKey> key_;
};

// Which algorithms a kind may use: passkeys and SSH keys both, every other kind Ed25519.
bool is_key_of(CredentialKind kind, PublicKey const& public_key);
// A point of the prime-order group; anything else never enters a state.
bool is_registrable(PublicKey const& public_key);

CredentialId credential_id(CredentialOwner const& owner, CredentialKind kind, PublicKey const& public_key);

} // namespace bulla::credential
