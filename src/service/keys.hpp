// The node's keys: files of mode 0600 in DATA/keys, one key a file (docs/formats/store.md).
//
// Each key has one use. A file that others may read is refused, so is one of another size. Nothing here is
// printed.
#pragma once

#include "base/time.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/vrf.hpp"
#include "ledger/types.hpp"
#include "opaque/server.hpp"

#include <filesystem>

namespace bulla::service {

struct NodeKeys {
    crypto::Ed25519KeyPair operator_key; // acts of the node's operator
    crypto::Ed25519KeyPair node_key;     // admissions, the node's statements
    crypto::Ed25519KeyPair cosigner_key;
    crypto::Ed25519KeyPair log_key;      // checkpoints, nothing else
    crypto::VrfKeyPair vrf_key;          // labels
    Secret<32> oprf_seed;                // r of the one set X = {}, keyset 1
    opaque::ServerKeys opaque_keys;
};

enum class KeyFaultKind : std::uint8_t { missing, readable_by_others, wrong_size, failed };
struct KeyFault {
    KeyFaultKind kind = KeyFaultKind::failed;
    std::filesystem::path file;
};

Result<void, KeyFault> make_keys(std::filesystem::path const& directory, base::Randomness& randomness);
Result<NodeKeys, KeyFault> load_keys(std::filesystem::path const& directory);

// Token signing keys: DATA/keys/signing-KID, KID in base64url. A key is made and erased through the file
// signing.tmp: a signing-KID is complete, or not there.
struct SigningKey {
    ledger::KeyId kid;
    crypto::Ed25519KeyPair key;
    base::Timestamp made; // by the server's clock then; kept as the file's time of modification
};
Result<SigningKey, KeyFault> make_signing_key(std::filesystem::path const& directory,
                                              base::Randomness& randomness, base::Timestamp now);
Result<std::vector<SigningKey>, KeyFault> load_signing_keys(std::filesystem::path const& directory);
// The file is overwritten and removed; it is good when there is none. What the medium keeps is not in the
// program's hands.
Result<void, KeyFault> erase_signing_key(std::filesystem::path const& directory, ledger::KeyId const& kid);
// What a process that ended in between has left.
Result<void, KeyFault> erase_unfinished_signing_key(std::filesystem::path const& directory);

} // namespace bulla::service
