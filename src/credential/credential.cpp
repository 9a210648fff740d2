#include "credential/credential.hpp"

#include "crypto/hash.hpp"

namespace bulla::credential {

std::optional<PublicKey> PublicKey::parse(base::ByteView bytes) {
    if (auto const key = crypto::Ed25519PublicKey::parse(bytes))
        return PublicKey(*key);
    if (auto const key = P256PublicKey::parse(bytes))
        return PublicKey(*key);
    return std::nullopt;
}

base::ByteView PublicKey::view() const {
    return std::visit([](auto const& key) { return key.view(); }, key_);
}

bool is_key_of(CredentialKind kind, PublicKey const& public_key) {
    switch (kind) {
    case CredentialKind::password:
    case CredentialKind::device_key:
    case CredentialKind::recovery_key: return public_key.ed25519() != nullptr;
    case CredentialKind::passkey:
    case CredentialKind::ssh_key: return true;
    }
    CHECK_UNREACHABLE();
}

bool is_registrable(PublicKey const& public_key) {
    if (auto const* const key = public_key.ed25519())
        return crypto::is_registrable(*key);
    return crypto::is_registrable(*public_key.p256());
}

CredentialId credential_id(CredentialOwner const& owner, CredentialKind kind, PublicKey const& public_key) {
    std::array<std::uint8_t, 1> const kind_byte = {std::to_underlying(kind)};
    auto const digest =
        crypto::sha256({base::as_bytes("bulla/credential-id/v1"), owner, kind_byte, public_key.view()});
    return CredentialId::from(digest.view().first(CredentialId::size));
}

} // namespace bulla::credential
