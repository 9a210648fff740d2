// Audit: replays a ledger from its bytes and checks every rule.
//
// Entries are fed in order, from a store or from tiles. feed() does everything but the signatures, which it hands out
// as PlannedChecks, so that the caller can run them on all cores; an audit holds when every feed() and every check
// held. It trusts nothing but the bytes: hash chain, log roots, both maps, versions, kinds, times.
#pragma once

#include "ledger/state.hpp"

namespace bulla::ledger {

enum class AuditReason : std::uint8_t {
    not_a_genesis,       // entry 0 is no genesis entry, or one that contradicts itself
    rejected,            // an entry that execute() refuses
    malformed_block,     // a block entry that is not the deterministic CBOR of its kind
    wrong_height,
    wrong_previous_block,
    time_went_back,
    wrong_first_index,
    wrong_entry_count,
    wrong_log_root,
    wrong_directory_root,
    wrong_network_root,
    wrong_signature,     // reported by who runs the checks
    incomplete_block,    // the log ends with entries that no block entry follows
};

struct AuditFault {
    LeafIndex index; // the first wrong entry
    AuditReason reason;
    std::optional<Rejection> rejection; // with `rejected`
    friend bool operator==(AuditFault const&, AuditFault const&) = default;
};
std::string_view name(AuditReason reason);

class Audit {
public:
    Audit();
    Audit(Audit&&) noexcept;
    ~Audit();

    // The checks of this entry. After a fault nothing more may be fed.
    Result<std::vector<PlannedCheck>, AuditFault> feed(base::ByteView entry);

    // No block may be open at the end.
    Result<void, AuditFault> finish() const;

    TreeSize size() const;                // entries fed
    std::uint64_t block_count() const;
    MemoryState const& state() const;     // after entry 0
    ChainHead const& head() const;        // after block 0: as of the last block entry
    Genesis const& genesis() const;       // after entry 0
    LeafHash const& last_leaf() const;

private:
    struct Progress;
    std::unique_ptr<Progress> progress_;
};

} // namespace bulla::ledger
