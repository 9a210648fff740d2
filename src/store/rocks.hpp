// One RocksDB database of this project: its column families, how it is opened, and its errors as StoreFaults.
//
// Column family 0 is `meta`, RocksDB's own `default`: the one row format → u64be. The others are named by the
// shape. Everything is safe for many threads, as RocksDB is.
#pragma once

#include "base/big_endian.hpp"
#include "base/bytes.hpp"
#include "store/fault.hpp"
#include "store/open_mode.hpp"
#include "store/reserve.hpp"

#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace bulla::store {

enum class RowUse : std::uint8_t {
    looked_up, // small rows under keys without order: small blocks, a filter
    walked, // rows under ascending keys
};
struct ColumnFamily {
    std::string_view name;
    RowUse use = RowUse::walked;
};

inline constexpr std::size_t meta_family = 0;
inline constexpr std::string_view format_row = "format";

struct DatabaseShape {
    std::vector<ColumnFamily> families; // numbered from 1
    std::uint64_t format = 1;
    std::size_t block_cache_size = 0;
    std::size_t write_buffers_size = 0; // of all column families together
    std::size_t log_size_max = 0; // of the write-ahead logs, before the oldest rows are moved to tables
    std::uint64_t free_space_min = 0; // a write that finds less is refused
};

enum class Durability : std::uint8_t { synced, unsynced };

inline rocksdb::Slice as_slice(base::ByteView bytes) {
    return {reinterpret_cast<char const*>(bytes.data()), bytes.size()};
}
inline base::ByteView as_view(rocksdb::Slice const& slice) {
    return {reinterpret_cast<std::uint8_t const*>(slice.data()), slice.size()};
}

struct KeyStretch {
    std::size_t family = meta_family;
    base::ByteBuffer first;
    base::ByteBuffer last; // included
};

class BackgroundErrors; // remembers what RocksDB's threads could not do

class Rocks {
public:
    static Stored<std::unique_ptr<Rocks>> open(std::filesystem::path const& directory, OpenMode mode,
                                               DatabaseShape const& shape,
                                               std::shared_ptr<rocksdb::FileSystem> files);
    ~Rocks();
    Rocks(Rocks const&) = delete;
    Rocks& operator=(Rocks const&) = delete;

    Stored<std::optional<rocksdb::PinnableSlice>> load(std::size_t family, base::ByteView key);

    std::uint64_t estimate_rows(std::size_t family); // of tables and memory, erased ones taken off
    // Rows with keys at or after `first`, ascending, until the visitor answers false or a fault.
    using RowVisitor = std::function<Stored<bool>(base::ByteView key, base::ByteView row)>;
    Stored<void> each(std::size_t family, base::ByteView first, RowVisitor const& visit);
    // The same for a walk that ends after a row or two: through the cache, and without reading ahead.
    Stored<void> each_of_few(std::size_t family, base::ByteView first, RowVisitor const& visit);
    Stored<std::optional<base::ByteBuffer>> last_key(std::size_t family);
    // The rows as they are now, for a walk later; nothing that is replaced meanwhile leaves the disk. It ends
    // before this.
    using SnapshotPointer = std::shared_ptr<rocksdb::Snapshot const>;
    SnapshotPointer take_snapshot();
    Stored<void> each_as_of(rocksdb::Snapshot const& snapshot, std::size_t family, RowVisitor const& visit);

    static rocksdb::WriteBatch make_batch();
    void put(rocksdb::WriteBatch& batch, std::size_t family, base::ByteView key, base::ByteView row);
    void erase(rocksdb::WriteBatch& batch, std::size_t family, base::ByteView key);
    // Whatever stands in the stretch when the batch is written, but for its last key.
    void erase_all(rocksdb::WriteBatch& batch, KeyStretch const& stretch);
    // All of the batch or nothing.
    Stored<void> write(rocksdb::WriteBatch& batch, Durability durability);
    bool has_space() { return check_health() && check_space(0); }
    // From now on writes leave it alone, and are refused while it cannot be kept. It outlives this.
    void keep_reserve(Reserve& reserve) { reserve_ = &reserve; }
    Stored<void> sync();

    Stored<void> verify_files();
    // Rows that were erased leave the disk, and so do the write-ahead logs that held them.
    Stored<void> compact_away(std::vector<KeyStretch> const& stretches);
    Stored<void> checkpoint(std::filesystem::path const& directory);

private:
    Stored<void> walk(rocksdb::ReadOptions const& options, std::size_t family, base::ByteView first,
                      RowVisitor const& visit);
    Rocks(std::filesystem::path directory, OpenMode mode, DatabaseShape const& shape,
          std::shared_ptr<rocksdb::FileSystem> files);

    Stored<void> open_files(DatabaseShape const& shape);
    Stored<void> check_families(DatabaseShape const& shape);
    Stored<void> check_format();
    Stored<void> write_format_row(Durability durability);
    Stored<void> keep_a_row_to_flush();
    Stored<void> take_lock();
    void release_lock();
    StoreFault fault_of_opening(rocksdb::Status const& status) const;

    Stored<void> check_health() const;
    Stored<void> check_space(std::size_t batch_size);
    Stored<void> check_tables_of_stopped_database();
    Stored<void> flush_all();
    rocksdb::ColumnFamilyHandle* handle(std::size_t family) const;

    std::filesystem::path directory_;
    OpenMode mode_;
    std::uint64_t format_;
    std::uint64_t free_space_min_;
    std::shared_ptr<BackgroundErrors> errors_;
    std::unique_ptr<rocksdb::Env> env_;
    std::shared_ptr<rocksdb::Logger> silence_; // read_only: RocksDB writes no LOG
    rocksdb::FileLock* lock_ = nullptr; // read_only
    Reserve* reserve_ = nullptr;
    std::unique_ptr<rocksdb::DB> db_;
    std::vector<rocksdb::ColumnFamilyHandle*> handles_;
};

} // namespace bulla::store
