// What client and server of OPAQUE derive alike: envelope keys, masking pad and the 3DH key schedule (RFC
// 9807 §4.1, §6.4.2).
#pragma once

#include "crypto/hash.hpp"
#include "crypto/oprf.hpp"
#include "opaque/messages.hpp"

namespace bulla::opaque {

// RFC 9807 §6.4.3, preamble. Empty identities stand for the public keys; Bulla leaves context and identities
// empty.
struct Surroundings {
    base::ByteBuffer context = {};
    base::ByteBuffer client_identity = {};
    base::ByteBuffer server_identity = {};
};

// RFC 9807 §2.1: DeriveDiffieHellmanKeyPair.
crypto::OprfKeyPair derive_diffie_hellman_key_pair(base::ByteView seed32);

base::ByteBuffer length_prefixed(base::ByteView bytes); // u16be(length) ‖ bytes

// 128 bytes xored over server_public_key ‖ envelope.
SecretBytes credential_response_pad(base::ByteView masking_key, base::ByteView masking_nonce);

struct PublicKeys {
    base::ByteView client;
    base::ByteView server;
};
base::ByteBuffer make_preamble(Surroundings const& surroundings, PublicKeys const& keys, base::ByteView ke1,
                               base::ByteView ke2_before_mac);

struct SessionKeys {
    Secret<64> server_mac_key; // Km2
    Secret<64> client_mac_key; // Km3
    Secret<64> session_key;
};
SessionKeys derive_session_keys(crypto::Parts input_key_material, base::ByteView preamble);

struct Macs {
    Secret<64> server_mac;
    Secret<64> client_mac;
};
Macs make_macs(SessionKeys const& keys, base::ByteView preamble);

} // namespace bulla::opaque
