// `bulla ledger verify`: everything re-derived from the bytes in a ledger database, and compared with what
// stands there.
//
// In this order: every entry through ledger::Audit, its signatures on all cores; each leaf hash and tile; the
// block index; the size and root in the guard record and in a checkpoint kept from before; account rows,
// signing keys, node list and policy against the state that the entries make; the erasable rows against what
// the ledger says of them; every file's checksums; the directory's map file. The first wrong thing is named:
// the least entry, else the first in this order.
//
// A node that was removed is brought no records any more, and they are no part of the ledger: what it lacks
// is counted, and is no fault.
#pragma once

#include "ledger/audit.hpp"
#include "merkle/checkpoint.hpp"
#include "sequencer/guard.hpp"
#include "store/ledger_database.hpp"

namespace bulla::service {

enum class VerifyReason : std::uint8_t {
    broken_rule, // see audit
    damaged_store, // see detail
    empty_ledger,
    entry_missing,
    leaf_hash_differs, // entry and stored leaf hash do not belong together
    tile_differs, // a stored tile is not what the entries hash to
    stray_tile, // beyond the log's size
    block_index_differs,
    tip_differs,
    guard_missing,
    guard_damaged,
    ends_before_guard, // the log was longer when it was signed
    differs_from_guard, // another root was signed at that size
    checkpoint_refused, // not signed by this ledger's log key, or no checkpoint
    ends_before_checkpoint,
    differs_from_checkpoint,
    account_row_differs,
    signing_key_row_differs,
    nodes_row_differs,
    policy_row_differs,
    network_row_differs, // a client, role or pending change
    side_row_missing, // an account without its opening and VRF proof
    stray_side_row, // of no account, or of an erased one
    wrong_opening, // not the one whose hash the ledger holds
    wrong_opaque_record, // likewise, or there without a password
    wrong_vrf_proof, // of another label
    map_file_damaged, // a cache: removing it mends it
    map_file_differs, // whole, but not this ledger's directory; likewise
    key_differs, // a key file that is not the one the ledger names, or cannot be read
};
std::string_view name(VerifyReason reason);

struct WrongThing {
    std::optional<ledger::LeafIndex> index; // the entry, where one is wrong or names what is wrong
    std::string file; // below the data directory: a file, or the database and the row in it
    VerifyReason reason = VerifyReason::broken_rule;
    std::optional<ledger::AuditFault> audit = std::nullopt;
    std::string detail = {}; // the library's words
};

struct Verification {
    std::uint64_t entries = 0; // those that are no block entries
    std::uint64_t blocks = 0;
    std::uint64_t size = 0; // of the log: both together
    std::optional<merkle::LogRoot> root; // of the log at the last block that was reached
    // The data are those of a node that the list named once and names no more.
    bool is_of_removed_node = false;
    std::uint64_t lacking = 0; // accounts whose records such a node was not brought
    std::optional<WrongThing> wrong;
};

struct VerifyOptions {
    std::filesystem::path guard; // the directory of the guard record; empty: do not compare
    std::optional<std::string> kept_checkpoint; // a signed note
    std::filesystem::path map_file = {}; // empty: do not look
    std::optional<ledger::NodeId> node = {}; // whose data these are; nothing: not known
    std::size_t threads = 0; // 0: one a core
    std::function<void(std::uint64_t done, std::uint64_t size)> progress; // now and then; may be empty
};

// The database is opened for reading alone. While a server runs, verify a checkpoint of its database.
Verification verify_ledger(store::LedgerDatabase& ledger, VerifyOptions const& options);

// A fault of the store as something wrong in the ledger.
WrongThing wrong_store(store::StoreFault const& fault, std::optional<ledger::LeafIndex> index);

} // namespace bulla::service
