// The ledger's vocabulary: ids, numbers and the enumerations of its formats.
#pragma once

#include "base/bytes.hpp"
#include "base/ordinal.hpp"
#include "credential/credential.hpp"
#include "crypto/hash.hpp"
#include "merkle/hash.hpp"
#include "token/jwk.hpp"

namespace bulla::ledger {

using credential::CredentialId;
using credential::CredentialKind;
using credential::PublicKey;
using crypto::Ed25519PublicKey;
using crypto::Ed25519Signature;
using crypto::Sha256Digest;
using merkle::Label;
using merkle::LeafHash;
using merkle::LeafIndex;
using merkle::TreeSize;

using BlockHeight = base::Ordinal<struct BlockHeightMeaning>;
using AccountVersion = base::Ordinal<struct AccountVersionMeaning>; // 1, 2, 3 …; at most 2³² − 1
using Sequence = base::Ordinal<struct SequenceMeaning>; // of a node's or an operator's statements
using Epoch = base::Ordinal<struct EpochMeaning>; // raised by end_sessions

using NetworkId = base::Bytes<struct NetworkIdMeaning, 32>; // leaf hash of the genesis entry
using NodeId = base::Bytes<struct NodeIdMeaning, 32>; // SHA-256("bulla/node-id/v1" ‖ its first node key)
using AccountId = base::Bytes<struct AccountIdMeaning, 16>;
using token::KeyId; // RFC 7638 thumbprint of a token signing key
using Opening = base::Bytes<struct OpeningMeaning, 32>; // erasable
using OpeningHash = base::Bytes<struct OpeningHashMeaning, 32>;
using RecordHash = base::Bytes<struct RecordHashMeaning, 32>; // SHA-256 of the 192-byte OPAQUE record
using SeedHash = base::Bytes<struct SeedHashMeaning, 32>; // SHA-256 of an OPRF seed
using StateCommitment = base::Bytes<struct StateCommitmentMeaning, 32>;
using ClientId = base::Bytes<struct ClientIdMeaning, 16>; // of an OpenID client

// Field 0 of every entry (docs/formats/entries.cddl).
enum class EntryKind : std::uint8_t {
    block = 0,
    genesis = 1,
    register_account = 2,
    add_credential = 3,
    revoke_credential = 4,
    replace_credential = 5,
    end_sessions = 6,
    erase = 7,
    allow_operator_recovery = 8,
    forbid_operator_recovery = 9,
    begin_recovery = 10,
    finish_recovery = 11,
    cancel_recovery = 12,
    register_client = 13,
    update_client = 14,
    remove_client = 15,
    grant_role = 16,
    revoke_role = 17,
    propose_change = 18,
    approve_change = 19,
    object_change = 20,
    apply_change = 21,
    publish_signing_key = 22,
    retire_signing_key = 23,
    issuance = 24,
};
inline constexpr std::uint64_t entry_kind_last = 24;
inline constexpr std::uint64_t login_purpose = 100; // a statement's purpose beside the entry kinds

enum class AccountStatus : std::uint8_t { active = 1, suspended = 2, erased = 3, erased_closed = 4 };

using SigningAlgorithm = token::Algorithm;

enum class PasswordPolicy : std::uint8_t { standard = 1, nist = 2 };

// What a node list, account and entry may hold.
inline constexpr std::size_t entry_size_max = 65'535;
inline constexpr std::size_t credentials_max = 32;
inline constexpr std::uint64_t counted_entries_max = 100;
inline constexpr std::chrono::milliseconds counted_entries_window{86'400'000};
inline constexpr std::size_t live_signing_keys_max = 2;
inline constexpr std::uint64_t version_max = 0xffff'ffff;
inline constexpr std::size_t nodes_max = 64;
inline constexpr std::size_t operators_max = 32; // of a node
inline constexpr std::size_t keysets_max = 64;
inline constexpr std::size_t client_size_max = 16'384;

// How long things take that give others time to see them.
inline constexpr std::chrono::milliseconds recovery_key_notice{72 *
                                                               3'600'000}; // from its revocation to its end
inline constexpr std::chrono::milliseconds operator_recovery_delay_min{72 * 3'600'000};
inline constexpr std::chrono::milliseconds change_lifetime{30 * 86'400'000LL}; // of a proposed change

bool is_known(AccountStatus status);
bool is_known(PasswordPolicy policy);

NodeId make_node_id(Ed25519PublicKey const& first_node_key);
NetworkId make_network_id(LeafHash const& genesis);
AccountId make_account_id(NetworkId const& network, Label const& label, AccountVersion registered,
                          Opening const& opening);
OpeningHash hash_opening(Opening const& opening);

} // namespace bulla::ledger

namespace bulla::credential {
bool is_known(CredentialKind kind);
} // namespace bulla::credential

namespace bulla::token {
bool is_known(Algorithm algorithm);
} // namespace bulla::token
