// The ledger's database: entries, tiles, account rows, network rows, and the erasable rows beside them.
//
// One block is one BlockBatch is one atomic synced write: after commit() returns, all of it survives a crash;
// before, none of it is visible. Rows are checked when they are read (an account row against its own
// commitment), so a flipped byte is a fault and never a value. Many readers, one writer.
// docs/formats/store.md draws the rows.
//
// Erasable rows (OPAQUE record, opening, VRF proof, name) lie in a column family of their own. The bytes of
// an erased or replaced one leave the disk later: flush, then compaction over the key; see erase_now(). With
// them go what was made from them: the row that finds an account by its id, and its credentials' names.
//
// A failed sync ends the process (fatal_store_error). A full disk answers no_space, and nothing was written.
#pragma once

#include "store/engine_rows.hpp"
#include "store/fault.hpp"
#include "store/open_mode.hpp"
#include "store/reserve.hpp"
#include "store/state_rows.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <span>

namespace bulla::store {

// A hash tile as merkle/tile.hpp names it: full or the newest partial one of its level.
struct TileWrite {
    std::uint8_t level = 0;
    std::uint64_t number = 0;
    base::ByteBuffer hashes; // 32 · width bytes
};

// The next block: the heights grow by one, first_index is the tip's block_index + 1, there are two entries or
// more.

struct BlockBatch {
    ledger::BlockHeight height;
    ledger::LeafIndex first_index;
    std::vector<base::ByteBuffer> entries; // the block's own, then the block entry
    std::vector<TileWrite> tiles;
    std::map<ledger::Label, ledger::AccountRow> accounts;
    std::map<ledger::KeyId, ledger::SigningKeyRow> signing_keys;
    std::optional<ledger::NodesRow> nodes;
    std::optional<ledger::PolicyRow> policy;
    std::map<ledger::NetworkRowName, std::optional<base::ByteBuffer>> rows; // none: the row goes
    std::vector<SideWrite> side_writes; // in order; later ones win
    std::optional<EngineStep> engine; // absent with the local sequencer
};

// What an account's owner calls one of its credentials; nothing: no longer anything.
struct CredentialNaming {
    ledger::Label label;
    ledger::CredentialId credential;
    std::optional<std::string> name;
};
using CredentialNames = std::map<ledger::CredentialId, std::string>;

// The last block.
struct Tip {
    ledger::BlockHeight height;
    ledger::LeafIndex block_index; // of the block entry; the log's size is one more
};

class LedgerDatabase {
public:
    // Damaged files answer `damaged` with the file's name where it is known. A directory in which nothing
    // stands answers `absent`, unless it is to be made.
    static Stored<std::unique_ptr<LedgerDatabase>> open(std::filesystem::path const& directory, OpenMode);
    virtual ~LedgerDatabase() = default;

    virtual Stored<void> commit(BlockBatch const& batch) = 0;

    virtual Stored<std::optional<Tip>> load_tip() = 0; // none: empty
    virtual Stored<base::ByteBuffer> load_entry(ledger::LeafIndex index) = 0; // missing row: damaged
    virtual Stored<std::optional<ledger::AccountRow>> load_account(ledger::Label const& label) = 0;
    // The account of this label, or else the next one that is not erased, after the last one the first: the
    // same work whether the label is there or not. Nothing: there is no account that is not erased.
    struct NearestAccount {
        ledger::Label label;
        ledger::AccountRow account;
    };
    virtual Stored<std::optional<NearestAccount>> load_nearest_account(ledger::Label const& label) = 0;
    virtual Stored<std::optional<ledger::SigningKeyRow>> load_signing_key(ledger::KeyId const& kid) = 0;
    virtual Stored<ledger::NodesRow> load_nodes() = 0; // missing row: absent while empty, else damaged
    virtual Stored<ledger::PolicyRow> load_policy() = 0; // likewise
    // A row of kind 3, 4 or 6 of the network map, as the map hashes it.
    virtual Stored<std::optional<base::ByteBuffer>> load_network_row(ledger::NetworkRowName const& name) = 0;
    virtual Stored<std::optional<SideRow>> load_side_row(ledger::Label const& label) = 0;
    // Of an account that is not erased, by the opening beside it.
    virtual Stored<std::optional<ledger::Label>> find_label(ledger::AccountId const& account) = 0;
    virtual Stored<CredentialNames> load_names(ledger::Label const& label) = 0;
    virtual Stored<std::optional<base::ByteBuffer>> load_tile(std::uint8_t level, std::uint64_t number) = 0;
    virtual Stored<std::optional<ledger::LeafIndex>> load_block_index(ledger::BlockHeight height) = 0;

    // On a node of a network (engine_rows.hpp). A step without a block of the ledger is noted without a sync:
    // if it is lost the engine delivers it again, and nothing else changes.
    virtual Stored<void> note_engine_step(EngineStep const& step) = 0;
    virtual Stored<EngineHeight> load_engine_height() = 0; // 0: none yet
    virtual Stored<std::optional<TransactionResult>> load_result(TransactionHash const& hash) = 0;
    // Synced. The rows are erasable, as side rows are.
    virtual Stored<void> keep_writes(KeptKey const& key, KeptWrites const& kept) = 0;
    virtual Stored<std::optional<KeptWrites>> load_kept(KeptKey const& key) = 0;
    virtual Stored<void> drop_kept(KeptKey const& key) = 0; // unsynced
    virtual Stored<std::size_t> drop_kept_before(base::Timestamp time) = 0;
    using KeptVisitor = std::function<bool(KeptKey const&, KeptWrites const&)>;
    virtual Stored<void> each_kept(KeptVisitor visit) = 0;
    // Outside of a block, synced: a row that this node lacks and another one had, or an end to one.
    virtual Stored<void> mend_side_row(SideWrite const& write) = 0;
    // Unsynced. Of an account that is erased, or meanwhile becomes it, nothing stays.
    virtual Stored<void> name_credential(CredentialNaming const& naming) = 0;

    // Rows in ascending key order; the visitor may stop the walk by returning false.
    using AccountVisitor = std::function<bool(ledger::Label const&, ledger::AccountRow const&)>;
    using AccountHeadVisitor = std::function<bool(ledger::Label const&, base::ByteView head)>; // 82 bytes
    using SigningKeyVisitor = std::function<bool(ledger::KeyId const&, ledger::SigningKeyRow const&)>;
    using NetworkRowVisitor = std::function<bool(ledger::NetworkRowName const&, base::ByteView value)>;
    using SideRowVisitor = std::function<bool(ledger::Label const&, SideRow const&)>;
    using EntryVisitor = std::function<bool(ledger::LeafIndex, base::ByteView)>;
    using TileVisitor = std::function<bool(std::uint8_t level, std::uint64_t number, base::ByteView hashes)>;

    virtual Stored<void> each_account(AccountVisitor visit) = 0;
    // Does not decode the states: for building the directory, whose root then vouches for the heads.
    virtual Stored<void> each_account_head(AccountHeadVisitor visit) = 0;
    virtual Stored<void> each_signing_key(SigningKeyVisitor visit) = 0;
    virtual Stored<void> each_network_row(NetworkRowVisitor visit) = 0; // of kinds 3, 4 and 6
    virtual Stored<void> each_side_row(SideRowVisitor visit) = 0;
    // Entries from `first` to the tip, one after the other: much faster than load_entry() for a whole ledger.
    // A gap is damaged.
    virtual Stored<void> each_entry(ledger::LeafIndex first, EntryVisitor visit) = 0;
    virtual Stored<void> each_tile(TileVisitor visit) = 0;

    virtual std::unique_ptr<StateView> view_state() = 0;
    // For a ledger that another node gave, in a database that nobody uses yet: unsynced, until a commit()
    // makes all of it durable. What does not decode is damaged; whether it is true is the caller's to check.
    virtual Stored<void> fill_state(std::span<StateRow const> rows) = 0;
    virtual Stored<void> fill_log(BlockBatch const& batch) = 0; // as commit()

    // Reads every file and compares every checksum. With OpenMode::read_only also the list of files: a table
    // or unknown file that is no part of the database is damaged. Log and list of tables were compared when
    // opening.
    virtual Stored<void> verify_files() = 0;
    // Makes the bytes of all side rows that were erased or replaced leave the disk; how many there were.
    // Which ones is kept in the database by the batches that did it, until this has ended well: after a
    // failure or a death in between the next call does it again. Slow, unless there is nothing to do. Walks
    // that are still under way keep the old files until they end. While a view of the state lives it does
    // nothing and answers 0.
    virtual Stored<std::size_t> erase_now() = 0;
    // Whether the next block finds space, as commit() asks before it writes; false when it cannot be known.
    virtual bool has_space() = 0;
    // From now on blocks leave it alone, and are refused while it cannot be kept. It outlives the database.
    // To be called before the database is used.
    virtual void keep_reserve(Reserve& reserve) = 0;
    // A consistent copy made of hard links; the write-ahead log is copied, not flushed. `directory` must not
    // exist.
    virtual Stored<void> checkpoint(std::filesystem::path const& directory) = 0;
};

} // namespace bulla::store
