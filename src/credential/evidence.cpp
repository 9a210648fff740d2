#include "credential/evidence.hpp"

#include "base/big_endian.hpp"
#include "base/encoding.hpp"

namespace bulla::credential {
namespace {

using Refusal = std::unexpected<EvidenceFault>;

constexpr std::size_t authenticator_data_size_min = 37;
constexpr std::size_t flags_at = 32;
constexpr std::uint8_t user_present_and_verified = 0x01 | 0x04; // WebAuthn L3 §6.1: UP, UV
constexpr std::size_t signature_size = 64;

void append_ssh_string(base::ByteBuffer& out, base::ByteView bytes) {
    base::append(out, base::u32be(static_cast<std::uint32_t>(bytes.size())));
    base::append(out, bytes);
}

// Takes the text off the front of `from`, if it stands there.
bool take(std::string_view& from, std::string_view text) {
    if (!from.starts_with(text))
        return false;
    from.remove_prefix(text.size());
    return true;
}

// The bytes that the algorithm of WebAuthn L3 §5.8.1.2 prints, up to crossOrigin, compared and not parsed;
// what follows is extensions.
bool is_client_data(std::string_view text, RelyingParty const& relying_party, StatementDigest const& digest) {
    if (text.size() > client_data_size_max || !take(text, R"({"type":"webauthn.get","challenge":")") ||
        !take(text, base::to_base64url(digest)) || !take(text, R"(","origin":")"))
        return false;
    return std::ranges::any_of(relying_party.origins, [&](std::string_view origin) {
        auto rest = text;
        return take(rest, origin) && take(rest, R"(","crossOrigin":false)") &&
               (rest == "}" || rest.starts_with(','));
    });
}

bool is_authenticator_data(base::ByteView bytes, RelyingParty const& relying_party) {
    auto const rp_id_hash = crypto::sha256(base::as_bytes(relying_party.rp_id));
    return bytes.size() >= authenticator_data_size_min &&
           std::ranges::equal(bytes.first(rp_id_hash.size), rp_id_hash.view()) &&
           (bytes[flags_at] & user_present_and_verified) == user_present_and_verified;
}

Result<EvidenceCheck, EvidenceFault> signature_check(PublicKey const& public_key, base::ByteBuffer message,
                                                     base::ByteBuffer const& signature) {
    if (signature.size() != signature_size)
        return Refusal{EvidenceFault::wrong_shape};
    return EvidenceCheck{.algorithm = public_key.ed25519() != nullptr ? SignatureAlgorithm::ed25519
                                                                      : SignatureAlgorithm::es256,
                         .public_key = base::to_buffer(public_key.view()),
                         .message = std::move(message),
                         .signature = signature};
}

Result<EvidenceCheck, EvidenceFault> passkey_check(PublicKey const& public_key,
                                                   RelyingParty const& relying_party,
                                                   StatementDigest const& digest,
                                                   std::span<base::ByteBuffer const> parts) {
    if (parts.size() != 3)
        return Refusal{EvidenceFault::wrong_shape};
    auto const& authenticator_data = parts[0];
    auto const& client_data_json = parts[1];
    if (!is_authenticator_data(authenticator_data, relying_party) ||
        !is_client_data(base::as_text(client_data_json), relying_party, digest))
        return Refusal{EvidenceFault::wrong_client};
    auto const client_data_hash = crypto::sha256(base::ByteView(client_data_json));
    return signature_check(public_key, base::concat(authenticator_data, client_data_hash), parts[2]);
}

Result<EvidenceCheck, EvidenceFault> plain_check(PublicKey const& public_key, base::ByteBuffer message,
                                                 std::span<base::ByteBuffer const> parts) {
    if (parts.size() != 1)
        return Refusal{EvidenceFault::wrong_shape};
    return signature_check(public_key, std::move(message), parts[0]);
}

template <class Key, class Signature>
bool verify(EvidenceCheck const& evidence_check) {
    auto const public_key = Key::parse(evidence_check.public_key);
    auto const signature = Signature::parse(evidence_check.signature);
    return public_key && signature && crypto::verify(*public_key, evidence_check.message, *signature);
}

} // namespace

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
    switch (evidence_check.algorithm) {
    case SignatureAlgorithm::ed25519:
        return verify<crypto::Ed25519PublicKey, crypto::Ed25519Signature>(evidence_check);
    case SignatureAlgorithm::es256: return verify<P256PublicKey, crypto::P256Signature>(evidence_check);
    case SignatureAlgorithm::ed25519_key: {
        auto const public_key = crypto::Ed25519PublicKey::parse(evidence_check.public_key);
        return public_key && crypto::is_registrable(*public_key);
    }
    }
    CHECK_UNREACHABLE();
}

EvidenceCheck ed25519_check(crypto::Ed25519PublicKey const& public_key, base::ByteView message,
                            base::ByteView signature) {
    return {.public_key = base::to_buffer(public_key),
            .message = base::to_buffer(message),
            .signature = base::to_buffer(signature)};
}

EvidenceCheck key_check(crypto::Ed25519PublicKey const& public_key) {
    return {.algorithm = SignatureAlgorithm::ed25519_key,
            .public_key = base::to_buffer(public_key),
            .message = {},
            .signature = {}};
}

base::ByteBuffer ssh_signed_message(StatementDigest const& digest) {
    auto message = base::to_buffer(base::as_bytes("SSHSIG"));
    append_ssh_string(message, base::as_bytes("bulla")); // namespace
    append_ssh_string(message, {});                      // reserved
    append_ssh_string(message, base::as_bytes("sha512"));
    append_ssh_string(message, crypto::sha512({digest}));
    return message;
}

Result<EvidenceCheck, EvidenceFault> evidence_check(EvidenceKey const& key, RelyingParty const& relying_party,
                                                    StatementDigest const& digest,
                                                    std::span<base::ByteBuffer const> parts) {
    if (!is_key_of(key.kind, key.public_key))
        return Refusal{EvidenceFault::unsupported_key};
    switch (key.kind) {
    case CredentialKind::password:
    case CredentialKind::device_key:
    case CredentialKind::recovery_key: return plain_check(key.public_key, base::to_buffer(digest), parts);
    case CredentialKind::ssh_key: return plain_check(key.public_key, ssh_signed_message(digest), parts);
    case CredentialKind::passkey: return passkey_check(key.public_key, relying_party, digest, parts);
    }
    CHECK_UNREACHABLE();
}

} // namespace bulla::credential
