// Evidence: what one of an account's own credentials makes over a statement's digest, and how it is checked.
//
// One rule serves entries and logins (docs/formats/evidence.md). evidence_check() turns evidence into a
// signature check that depends on nothing else; check() runs it. The split lets checks run side by side and
// be remembered by id().
//
//   password, device, recovery key   signature[64]          over the 32 digest bytes
//   passkey                          authenticatorData, clientDataJSON, signature[64]     (WebAuthn §6.3.3)
//   SSH key                          signature[64]          over the SSHSIG form of the digest
//
// P-256 signatures are r ‖ s; whoever submits converts them, no DER is parsed here. Counters and extensions
// of passkeys are not read.
#pragma once

#include "base/result.hpp"
#include "credential/credential.hpp"
#include "crypto/hash.hpp"

#include <span>
#include <string>

namespace bulla::credential {

// SHA-256(domain ‖ statement): what credentials and nodes sign.
using StatementDigest = base::Bytes<struct StatementDigestMeaning, 32>;
StatementDigest statement_digest(std::string_view domain, base::ByteView statement);

inline constexpr std::size_t evidence_part_size_max = 2048;
inline constexpr std::size_t evidence_parts_max = 3;
inline constexpr std::size_t client_data_size_max = 1024;

enum class SignatureAlgorithm : std::uint8_t {
    ed25519 = 1,
    es256 = 2,
    ed25519_key = 3, // no signature: the key alone, whether it may be registered
};

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
    wrong_shape, // not the parts that the kind makes
    wrong_client, // a passkey: another rpId, origin, challenge or ceremony, or the user was not verified
    unsupported_key, // a kind of credential with a key it cannot have
};

// Where a network's passkeys may be used: from its policy. Origins are ASCII without '"' and '\'.
struct RelyingParty {
    std::string_view rp_id;
    std::span<std::string const> origins;
};

// Whose evidence it is to be.
struct EvidenceKey {
    CredentialKind kind;
    PublicKey const& public_key;
};

// parts: the byte strings after the credential id in the entry's evidence.
Result<EvidenceCheck, EvidenceFault> evidence_check(EvidenceKey const& key, RelyingParty const& relying_party,
                                                    StatementDigest const& digest,
                                                    std::span<base::ByteBuffer const> parts);

// A check of an Ed25519 signature over bytes, for the keys of nodes.
EvidenceCheck ed25519_check(crypto::Ed25519PublicKey const& public_key, base::ByteView message,
                            base::ByteView signature);

// A check that an Ed25519 key lies in the group of prime order, which costs as much as a signature.
EvidenceCheck key_check(crypto::Ed25519PublicKey const& public_key);

// What an SSH key signs (PROTOCOL.sshsig of OpenSSH): "SSHSIG" ‖ string("bulla") ‖ string("") ‖
// string("sha512") ‖ string(SHA-512(digest)), string = u32be length ‖ bytes.
base::ByteBuffer ssh_signed_message(StatementDigest const& digest);

} // namespace bulla::credential
