// Entries: the leaves of the log (docs/formats/entries.cddl).
//
// An ordinary entry is {0 kind, 1 statement, 2 evidence, 3 admissions, 4 version, 5 previous}; the genesis
// and block entries hold their fields alone. At most 65,535 bytes. decode_entry() accepts only what encode()
// prints.
#pragma once

#include "ledger/act.hpp"
#include "ledger/rejection.hpp"
#include "ledger/statement.hpp"

namespace bulla::ledger {

// [signer, bytes…]: the signer is a credential id (16 bytes), a node id or a kid (32 bytes).
struct Evidence {
    base::ByteBuffer signer;
    std::vector<base::ByteBuffer> parts;
    friend bool operator==(Evidence const&, Evidence const&) = default;
};

// A node's promise: I checked the VRF proof against the name, I hold the record and the opening durably, and
// I admit no other register of this label until this one is committed or my clock is 60 s past `until`.
struct Admission {
    NodeId node;
    base::Timestamp until;
    Ed25519Signature signature; // over SHA-256("bulla/admission/v1" ‖ u64be(until) ‖ statement digest)

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.node);
        visitor.field(1, self.until);
        visitor.field(2, self.signature);
    }
    friend bool operator==(Admission const&, Admission const&) = default;
};
inline constexpr std::chrono::milliseconds admission_validity{30'000};
Sha256Digest admission_message(base::Timestamp until, StatementDigest const& digest);

// An entry's place in its account's chain where nobody signs it: of recoveries and of acts about an account.
// Whoever submits the entry fills it in again when another one came first.
struct AccountLink {
    AccountVersion version;
    LeafHash previous;
    friend bool operator==(AccountLink const&, AccountLink const&) = default;
};

struct Entry {
    EntryKind kind = EntryKind::register_account;
    base::ByteBuffer statement; // the exact bytes that were signed
    std::vector<Evidence> evidence;
    std::vector<Admission> admissions;
    std::optional<AccountLink> link = {}; // exactly where it belongs
    friend bool operator==(Entry const&, Entry const&) = default;
};
base::ByteBuffer encode(Entry const& entry);

// An ordinary entry, decoded once: what execute() works on.
struct DecodedEntry {
    Entry entry;
    Statement statement;
    StatementDigest digest;
    LeafHash leaf_hash;
    std::optional<Act> act = {}; // of propose_change and apply_change
};
Result<DecodedEntry, Rejection> decode_entry(base::ByteView bytes);
// The recovery that an entry begins: by a recovery key, or by operators once it applies their act.
BeginRecovery const* recovery_of(DecodedEntry const& entry);

// The end of each block. Its index is first_index + entry_count.
struct BlockEntry {
    BlockHeight height;
    LeafHash previous;         // leaf hash of the block entry before; zeros in block 0
    base::Timestamp time;      // never goes back; the only time execute() knows
    LeafIndex first_index;     // the block's own entries, at least one
    std::uint64_t entry_count = 0;
    merkle::LogRoot log_root;  // root of all entries before this block entry
    merkle::DirectoryRoot directory_root;
    merkle::NetworkRoot network_root;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.constant(0, std::to_underlying(EntryKind::block));
        visitor.field(1, self.height);
        visitor.field(2, self.previous);
        visitor.field(3, self.time);
        visitor.field(4, self.first_index);
        visitor.field(5, self.entry_count);
        visitor.field(6, self.log_root);
        visitor.field(7, self.directory_root);
        visitor.field(8, self.network_root);
    }
    friend bool operator==(BlockEntry const&, BlockEntry const&) = default;
};

inline constexpr std::uint64_t rules_version = 1;

// Entry 0: the file every node starts from.
struct Genesis {
    base::Timestamp time;
    NodesRow nodes;
    PolicyRow policy; // its first keyset names the OPAQUE server key
    base::Bytes<struct VrfPublicKeyInGenesisMeaning, 32> vrf_public_key;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.constant(0, std::to_underlying(EntryKind::genesis));
        visitor.constant(1, rules_version);
        visitor.field(2, self.time);
        visitor.field(3, self.nodes);
        visitor.field(4, self.policy);
        visitor.field(5, self.vrf_public_key);
    }
    friend bool operator==(Genesis const&, Genesis const&) = default;
};

// The kind in the first bytes of an entry; nothing when it is not a map that begins with a known kind.
std::optional<EntryKind> peek_kind(base::ByteView bytes);

} // namespace bulla::ledger
