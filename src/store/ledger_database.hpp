// The ledger's database: entries, tiles, account rows, network rows, and the erasable rows beside them.
//
// One block is one BlockBatch is one atomic synced write: after commit() returns, all of it survives a crash; before,
// none of it is visible. Rows are checked when they are read (an account row against its own commitment), so a flipped
// byte is a fault and never a value. Many readers, one writer. Column families and keys: docs/formats/store.md.
//
// Erasable rows (OPAQUE record, opening, VRF proof) lie in a column family of their own. After an erasure the bytes
// leave the disk: flush, then compaction over the key; see erase_now().
#pragma once

#include "ledger/block.hpp"
#include "opaque/messages.hpp"
#include "store/fault.hpp"

#include <filesystem>
#include <functional>
#include <map>

namespace bulla::store {

// What stands beside an account outside the ledger, and goes with it.
struct SideRow {
    std::optional<base::ByteBuffer> opaque_record; // 192 bytes; none: the account has no password
    ledger::Opening opening;
    crypto::VrfProof vrf_proof;
};
struct SideWrite {
    ledger::Label label;
    std::optional<SideRow> row; // none: erase what stands there
};

// A hash tile as merkle/tile.hpp names it: full or the newest partial one of its level.
struct TileWrite {
    std::uint8_t level = 0;
    std::uint64_t number = 0;
    base::ByteBuffer hashes; // 32 · width bytes
};

struct BlockBatch {
    ledger::BlockHeight height;
    ledger::LeafIndex first_index;
    std::vector<base::ByteBuffer> entries; // the block's own, then the block entry
    std::vector<TileWrite> tiles;
    std::map<ledger::Label, ledger::AccountRow> accounts;
    std::map<ledger::KeyId, ledger::SigningKeyRow> signing_keys;
    std::optional<ledger::NodesRow> nodes;
    std::optional<ledger::PolicyRow> policy; // block 0
    std::vector<SideWrite> side_writes;      // in order; later ones win
};

// The last block.
struct Tip {
    ledger::BlockHeight height;
    ledger::LeafIndex block_index; // of the block entry; the log's size is one more
};

enum class OpenMode : std::uint8_t { create, existing, read_only };

class LedgerDatabase {
public:
    // Opening damaged files answers `damaged` with the file's name where it is known.
    static Stored<std::unique_ptr<LedgerDatabase>> open(std::filesystem::path const& directory, OpenMode mode);
    virtual ~LedgerDatabase() = default;

    virtual Stored<void> commit(BlockBatch const& batch) = 0;

    virtual Stored<std::optional<Tip>> load_tip() = 0; // none: empty
    virtual Stored<base::ByteBuffer> load_entry(ledger::LeafIndex index) = 0; // missing row: damaged
    virtual Stored<std::optional<ledger::AccountRow>> load_account(ledger::Label const& label) = 0;
    virtual Stored<std::optional<ledger::SigningKeyRow>> load_signing_key(ledger::KeyId const& kid) = 0;
    virtual Stored<ledger::NodesRow> load_nodes() = 0;
    virtual Stored<ledger::PolicyRow> load_policy() = 0;
    virtual Stored<std::optional<SideRow>> load_side_row(ledger::Label const& label) = 0;
    virtual Stored<std::optional<base::ByteBuffer>> load_tile(std::uint8_t level, std::uint64_t number) = 0;
    virtual Stored<std::optional<ledger::LeafIndex>> load_block_index(ledger::BlockHeight height) = 0;

    // Rows in ascending key order; the callback may stop the walk by returning false.
    virtual Stored<void> each_account(std::function<bool(ledger::Label const&, ledger::AccountRow const&)> visit) = 0;
    virtual Stored<void> each_account_head(std::function<bool(ledger::Label const&, base::ByteView head)> visit) = 0;
    virtual Stored<void> each_signing_key(std::function<bool(ledger::KeyId const&, ledger::SigningKeyRow const&)>) = 0;
    virtual Stored<void> each_side_row(std::function<bool(ledger::Label const&, SideRow const&)> visit) = 0;
    // Entries from `first` on, one after the other: much faster than load_entry() for a whole ledger.
    virtual Stored<void> each_entry(ledger::LeafIndex first,
                                    std::function<bool(ledger::LeafIndex, base::ByteView)> visit) = 0;
    virtual Stored<void> each_tile(
        std::function<bool(std::uint8_t level, std::uint64_t number, base::ByteView hashes)> visit) = 0;

    // Reads every file and compares every block's checksum.
    virtual Stored<void> verify_files() = 0;
    // Makes the erased rows' bytes leave the disk. Slow; called after the batch that erased.
    virtual Stored<void> erase_now(std::vector<ledger::Label> const& labels) = 0;
    // A consistent copy made of hard links; the write-ahead log is copied, not flushed.
    virtual Stored<void> checkpoint(std::filesystem::path const& directory) = 0;
};

} // namespace bulla::store
