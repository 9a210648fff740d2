#include "credential/evidence.hpp"

#include "base/big_endian.hpp"

namespace bulla::credential {

StatementDigest statement_digest(std::string_view domain, base::ByteView statement) {
    return StatementDigest::from(crypto::sha256({base::as_bytes(domain), statement}));
}

crypto::Sha256Digest EvidenceCheck::id() const {
    std::array<std::uint8_t, 1> const algorithm_byte = {std::to_underlying(algorithm)};
    auto const length = [](base::ByteBuffer const& part) {
        return base::u32be(static_cast<std::uint32_t>(part.size()));
    };
    return crypto::sha256({algorithm_byte, length(public_key), public_key, length(message), message,
                           length(signature), signature});
}

bool check(EvidenceCheck const& evidence_check) {
    auto const public_key = crypto::Ed25519PublicKey::parse(evidence_check.public_key);
    auto const signature = crypto::Ed25519Signature::parse(evidence_check.signature);
    return public_key && signature && crypto::verify(*public_key, evidence_check.message, *signature);
}

EvidenceCheck ed25519_check(crypto::Ed25519PublicKey const& public_key, base::ByteView message,
                            base::ByteView signature) {
    return {.public_key = base::to_buffer(public_key),
            .message = base::to_buffer(message),
            .signature = base::to_buffer(signature)};
}

Result<EvidenceCheck, EvidenceFault> evidence_check(CredentialKind kind, PublicKey const& public_key,
                                                    StatementDigest const& digest,
                                                    std::span<base::ByteBuffer const> parts) {
    switch (kind) {
    case CredentialKind::password:
    case CredentialKind::device_key:
    case CredentialKind::recovery_key: {
        auto const* const key = public_key.ed25519();
        if (key == nullptr)
            return std::unexpected{EvidenceFault::unsupported_kind};
        if (parts.size() != 1 || parts[0].size() != crypto::Ed25519Signature::size)
            return std::unexpected{EvidenceFault::wrong_shape};
        return ed25519_check(*key, digest, parts[0]);
    }
    case CredentialKind::passkey:
    case CredentialKind::ssh_key: return std::unexpected{EvidenceFault::unsupported_kind};
    }
    CHECK_UNREACHABLE();
}

} // namespace bulla::credential
