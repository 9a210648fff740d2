// The node's keys: files of mode 0600 in DATA/keys, one key a file (docs/formats/store.md), each for one use.
// How they are read and written: service/key_directory.hpp.
#pragma once

#include "base/time.hpp"
#include "crypto/channel.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/vrf.hpp"
#include "ledger/types.hpp"
#include "opaque/server.hpp"
#include "service/key_directory.hpp"
#include "service/shared_secret.hpp"

#include <array>

namespace bulla::service {

// What a node of a network has besides.
struct NetworkNodeKeys {
    crypto::Ed25519KeyPair validator; // its engine's votes
    crypto::Ed25519KeyPair p2p; // its engine, to other engines
    crypto::ChannelKeyPair channel; // seals messages between nodes
    std::optional<crypto::Ed25519KeyPair> tls; // between nodes; none where the list names none
};

struct NodeKeys {
    crypto::Ed25519KeyPair operator_key; // acts of the node's operator
    crypto::Ed25519KeyPair node_key; // admissions, the node's statements
    crypto::Ed25519KeyPair cosigner_key;
    crypto::Ed25519KeyPair log_key; // checkpoints, nothing else
    crypto::VrfKeyPair vrf_key; // labels
    Secret<32> oprf_seed; // r of the one set X = {}, keyset 1
    opaque::ServerKeys opaque_keys;
    std::optional<NetworkNodeKeys> network; // none: a single node
    std::vector<HeldSecret> secrets; // made after the beginning
    KeyDirectory directory; // where they were read, and signing keys come and go
};

// Into an empty directory.
Result<void, KeyFault> make_keys(KeyDirectory const& directory, base::Randomness& randomness);
Result<NodeKeys, KeyFault> load_keys(KeyDirectory directory);
// The keys of one more node of a network: its own are made, what all nodes share (log, vrf, oprf-1, opaque)
// is copied from the first one's.
Result<void, KeyFault> make_network_keys(KeyDirectory const& directory, base::Randomness& randomness);
Result<void, KeyFault> copy_shared_keys(KeyDirectory const& from, KeyDirectory const& to,
                                        base::Randomness& randomness);

// The seeds that all nodes of a network share until thresholds are built, one behind the other:
// log[32] ‖ oprf-1[32] ‖ opaque[32] ‖ vrf[64].
using SharedKeys = Secret<160>;
// One of them, by the name of its file; the bytes are those of `keys`.
base::ByteView shared_key(SharedKeys const& keys, std::string_view name);
Result<SharedKeys, KeyFault> read_shared_keys(KeyDirectory const& directory);
// In the place of what an interrupted call has left.
Result<void, KeyFault> write_shared_keys(KeyDirectory const& directory, SharedKeys const& keys,
                                         base::Randomness& randomness);

// Keys that a node is to have once the list names them (rotate_node_key): files NAME.next beside those in
// use, for any of validator, p2p, channel, tls and cosigner. The node key stays, since the node's id is made
// of it.
bool is_rotatable(std::string_view name);
struct NextKeys {
    std::optional<crypto::Ed25519KeyPair> validator = {}, p2p = {}, tls = {}, cosigner = {};
    std::optional<crypto::ChannelKeyPair> channel = {};
    std::optional<crypto::Ed25519KeyPair> log = {}; // the log's, by change_log (LEDGER.md §8)
};
// Replaces one that was made before and never came into use. `name`: one of the above, or log.
Result<void, KeyFault> make_next_key(KeyDirectory const& directory, std::string_view name,
                                     base::Randomness& randomness);
Result<NextKeys, KeyFault> load_next_keys(KeyDirectory const& directory);
// The key in use is erased and the next one takes its place; a process that ends in between leaves NAME.next
// alone, and finish_adoptions() does the rest.
Result<void, KeyFault> adopt_next_key(KeyDirectory const& directory, std::string_view name,
                                      base::Randomness& randomness);
Result<void, KeyFault> finish_adoptions(KeyDirectory const& directory, base::Randomness& randomness);

// A node's own keys alone: what a node has before it joins a network.
struct OwnKeys {
    crypto::Ed25519KeyPair operator_key, node_key, cosigner_key;
    NetworkNodeKeys network;
};
Result<void, KeyFault> make_own_keys(KeyDirectory const& directory, base::Randomness& randomness);
Result<OwnKeys, KeyFault> load_own_keys(KeyDirectory const& directory);
inline constexpr std::array<std::string_view, 4> shared_key_names{"log", "oprf-1", "opaque", "vrf"};

// Through a file that is renamed when it is whole, shared.tmp.
Result<void, KeyFault> write_shared_secret(KeyDirectory const& directory, SecretName const& name,
                                           base::ByteView bytes, base::Randomness& randomness);
Result<void, KeyFault> erase_unfinished_secret(KeyDirectory const& directory);

// Whether a file of this name holds a key; how many bytes, 0 for what holds none.
std::size_t key_size(std::string_view name);
bool is_key_name(std::string_view name);

// Token signing keys: DATA/keys/signing-KID, KID in base64url. A key is made and erased through the file
// signing.tmp: a signing-KID is complete, or not there.
struct SigningKey {
    ledger::KeyId kid;
    crypto::Ed25519KeyPair key;
    base::Timestamp made; // by the server's clock then; kept as the file's time of modification
};
Result<SigningKey, KeyFault> make_signing_key(KeyDirectory const& directory, base::Randomness& randomness,
                                              base::Timestamp now);
Result<std::vector<SigningKey>, KeyFault> load_signing_keys(KeyDirectory const& directory);
// The file is overwritten and removed; it is good when there is none.
Result<void, KeyFault> erase_signing_key(KeyDirectory const& directory, ledger::KeyId const& kid);
// What a process that ended in between has left.
Result<void, KeyFault> erase_unfinished_signing_key(KeyDirectory const& directory);

} // namespace bulla::service
