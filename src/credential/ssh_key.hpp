// OpenSSH's texts, as a client turns them into what the ledger holds: the line of a .pub file, and the
// armored signature of `ssh-keygen -Y sign -n bulla` (PROTOCOL.sshsig of OpenSSH). No server and no rule of
// the ledger reads them.
//
//   FILE.pub    type SP base64 [SP comment]           type: ssh-ed25519 or ecdsa-sha2-nistp256
//   signature   lines of base64 between "-----BEGIN SSH SIGNATURE-----" and "-----END SSH SIGNATURE-----":
//               "SSHSIG" ‖ u32be 1 ‖ string(public key) ‖ string("bulla") ‖ string("") ‖ string("sha512") ‖
//               string(string(type) ‖ string(signature)); of ECDSA: mpint r ‖ mpint s
//
// Nothing: another type, namespace or hash, or bytes that are none of this.
#pragma once

#include "credential/credential.hpp"

#include <string_view>

namespace bulla::credential {

inline constexpr std::size_t ssh_text_size_max = 4096;

std::optional<PublicKey> parse_ssh_public_key(std::string_view line);

// The evidence: 64 bytes, Ed25519 or r ‖ s.
struct SshSignature {
    PublicKey public_key;
    base::ByteBuffer signature;
};
std::optional<SshSignature> parse_ssh_signature(std::string_view armored);

} // namespace bulla::credential
