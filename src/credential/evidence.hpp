// Evidence: what one of an account's own credentials makes over a statement's digest, and how it is checked.
//
// One rule serves entries and logins (docs/formats/evidence.md). evidence_check() turns evidence into a
// signature check that depends on nothing else; check() runs it. The split lets checks run side by side and
// be remembered by id(). Password, device and recovery keys sign the 32 digest bytes. The forms of passkeys
// and SSH keys are drawn in docs/formats/evidence.md and refused here until their rules are in force.
#pragma once

#include "base/result.hpp"
#include "credential/credential.hpp"
#include "crypto/hash.hpp"

namespace bulla::credential {

// SHA-256(domain ‖ statement): what credentials and nodes sign.
using StatementDigest = base::Bytes<struct StatementDigestMeaning, 32>;
StatementDigest statement_digest(std::string_view domain, base::ByteView statement);

inline constexpr std::size_t evidence_part_size_max = 2048;
inline constexpr std::size_t evidence_parts_max = 3;

enum class SignatureAlgorithm : std::uint8_t { ed25519 = 1 };

struct EvidenceCheck {
    SignatureAlgorithm algorithm = SignatureAlgorithm::ed25519;
    base::ByteBuffer public_key;
    base::ByteBuffer message;
    base::ByteBuffer signature;

    // SHA-256(u8 algorithm ‖ for each of public key, message, signature: u32be length ‖ bytes): names the
    // single check, whatever entry it stands in.
    crypto::Sha256Digest id() const;
};

bool check(EvidenceCheck const& evidence_check);

enum class EvidenceFault {
    wrong_shape, // not the number or length of parts that the kind makes
    unsupported_kind, // a kind or algorithm whose rule is not in force
};

// parts: the byte strings after the credential id in the entry's evidence.
Result<EvidenceCheck, EvidenceFault> evidence_check(CredentialKind kind, PublicKey const& public_key,
                                                    StatementDigest const& digest,
                                                    std::span<base::ByteBuffer const> parts);

// A check of an Ed25519 signature over bytes, for the keys of nodes.
EvidenceCheck ed25519_check(crypto::Ed25519PublicKey const& public_key, base::ByteView message,
                            base::ByteView signature);

} // namespace bulla::credential
