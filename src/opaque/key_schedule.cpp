#include "opaque/key_schedule.hpp"

#include "base/big_endian.hpp"

namespace bulla::opaque {
namespace {

using base::as_bytes;

// RFC 9807 §6.4.2.1: Expand-Label with the "OPAQUE-" prefix.
Secret<64> derive_secret(Secret<64> const& secret, std::string_view label, base::ByteView transcript_hash) {
    auto const full_label = std::string("OPAQUE-").append(label);
    std::array<std::uint8_t, 1> const label_length = {static_cast<std::uint8_t>(full_label.size())};
    std::array<std::uint8_t, 1> const hash_length = {static_cast<std::uint8_t>(transcript_hash.size())};
    return crypto::hkdf_expand<64>(
        secret.expose(), {base::u16be(64), label_length, as_bytes(full_label), hash_length, transcript_hash});
}

} // namespace

crypto::OprfKeyPair derive_diffie_hellman_key_pair(base::ByteView seed32) {
    return crypto::derive_key_pair(seed32, as_bytes("OPAQUE-DeriveDiffieHellmanKeyPair"));
}

base::ByteBuffer length_prefixed(base::ByteView bytes) {
    CHECK(bytes.size() <= 0xffff);
    return base::concat(base::u16be(static_cast<std::uint16_t>(bytes.size())), bytes);
}

SecretBytes credential_response_pad(base::ByteView masking_key, base::ByteView masking_nonce) {
    return crypto::hkdf_expand(masking_key, {masking_nonce, as_bytes("CredentialResponsePad")},
                               32 + envelope_size);
}

base::ByteBuffer make_preamble(Surroundings const& surroundings, PublicKeys const& keys, base::ByteView ke1,
                               base::ByteView ke2_before_mac) {
    auto const or_key = [](base::ByteBuffer const& identity, base::ByteView key) {
        return length_prefixed(identity.empty() ? key : base::ByteView(identity));
    };
    return base::concat(as_bytes("OPAQUEv1-"), length_prefixed(surroundings.context),
                        or_key(surroundings.client_identity, keys.client), ke1,
                        or_key(surroundings.server_identity, keys.server), ke2_before_mac);
}

SessionKeys derive_session_keys(crypto::Parts input_key_material, base::ByteView preamble) {
    auto const prk = crypto::hkdf_extract({}, input_key_material);
    auto const preamble_hash = crypto::sha512({preamble});
    auto const handshake_secret = derive_secret(prk, "HandshakeSecret", preamble_hash);
    return {.server_mac_key = derive_secret(handshake_secret, "ServerMAC", {}),
            .client_mac_key = derive_secret(handshake_secret, "ClientMAC", {}),
            .session_key = derive_secret(prk, "SessionKey", preamble_hash)};
}

Macs make_macs(SessionKeys const& keys, base::ByteView preamble) {
    auto server_mac = crypto::hmac_sha512(keys.server_mac_key.expose(), {crypto::sha512({preamble})});
    auto const transcript = crypto::sha512({preamble, server_mac.expose()});
    auto client_mac = crypto::hmac_sha512(keys.client_mac_key.expose(), {transcript});
    return {.server_mac = std::move(server_mac), .client_mac = std::move(client_mac)};
}

} // namespace bulla::opaque
