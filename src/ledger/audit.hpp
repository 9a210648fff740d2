// Audit: replays a ledger from its bytes and checks every rule.
//
// Entries are fed in order, from a store or from tiles. feed() does everything but the signatures, which it
// hands out as checks, so that the caller can run them on all cores; an audit holds when every feed(), every
// check and finish() held. It trusts nothing but the bytes: hash chain, log roots, both maps, versions,
// kinds, times.
//
// A block's time stands in the block entry after its entries. So the entries of an open block are held, at
// most block_entries_max of them, and executed when the block entry is fed: that call may name a fault of an
// earlier index, and hands out the checks of the whole block.
#pragma once

#include "ledger/state.hpp"

namespace bulla::ledger {

enum class AuditReason : std::uint8_t {
    not_a_genesis,      // entry 0 is no genesis entry, or one that contradicts itself
    wrong_genesis_time, // block 0 has another time than its genesis
    rejected,           // an entry that execute() refuses
    malformed_block,    // a block entry that is not the deterministic CBOR of its kind
    wrong_height,
    wrong_previous_block,
    time_went_back,
    wrong_first_index,
    wrong_entry_count,
    wrong_log_root,
    wrong_directory_root,
    wrong_network_root,
    block_too_large,  // more than block_entries_max entries and no block entry
    wrong_signature,  // reported by who runs the checks
    incomplete_block, // the log ends with entries that no block entry follows
};

struct AuditFault {
    LeafIndex index; // the first wrong entry
    AuditReason reason;
    std::optional<Rejection> rejection; // with `rejected`
    friend bool operator==(AuditFault const&, AuditFault const&) = default;
};
std::string_view name(AuditReason reason);

struct AuditCheck {
    LeafIndex index; // of the entry it belongs to
    PlannedCheck planned;
};

class Audit {
public:
    Audit();
    Audit(Audit&&) noexcept;
    ~Audit();

    // The checks of a block with its block entry, else nothing. After a fault nothing more may be fed.
    Result<std::vector<AuditCheck>, AuditFault> feed(base::ByteView entry);

    // No block may be open at the end.
    Result<void, AuditFault> finish() const;

    TreeSize size() const; // entries fed
    std::uint64_t block_count() const;
    MemoryState const& state() const; // after entry 0
    ChainHead const& head() const;    // after block 0: as of the last block entry
    Genesis const& genesis() const;   // after entry 0
    LeafHash const& last_leaf() const;

private:
    struct Progress;
    std::unique_ptr<Progress> progress_;
};

} // namespace bulla::ledger
