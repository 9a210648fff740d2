// A disk that fails and loses power as a test says: RocksDB's file system, and the small files of the guard.
//
// What is written goes to the real files below. Beside that it keeps in mind what no sync has reached yet:
// the end of each file, and what became of names in each directory. lose_unsynced() takes that away again,
// as a power failure would: each file keeps what was synced and some of what came after, each directory the
// first of its unsynced changes. One file's unsynced writes stay in order; those of several files do not.
//
// Calls are counted, but for those on RocksDB's own LOG. With whose_calls::main_thread only those of the
// thread that made the disk are: then the same work always counts the same.
#pragma once

#include "store/small_files.hpp"

#include <rocksdb/file_system.h>

#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <thread>

namespace bulla::test {

enum class DiskCall : std::uint8_t {
    open,
    append,
    overwrite, // of a small file that has its place already
    sync,
    close,
    rename,
    remove,
    link,
    sync_directory,
    read,
};

enum class Trouble : std::uint8_t {
    broken,      // EIO, nothing done
    torn,        // EIO, and an append has written half of its bytes
    full,        // no space where some is needed; an append has written half of its bytes
    nearly_full, // no space is reported free, but everything succeeds; never struck
    bit_flip,    // of a read: one bit of what was read is another
    power_cut,   // unsynced data is lost, and the process ends with power_cut_status
    killed,      // the process ends with killed_status, all that was written stays
};
inline constexpr int power_cut_status = 70;
inline constexpr int killed_status = 71;

enum class Repeats : std::uint8_t { once, from_then_on };
enum class Whose : std::uint8_t { every_thread, main_thread, other_threads };

struct DiskFault {
    Trouble trouble = Trouble::broken;
    std::uint64_t number = 1;                   // of the call, counted from when the fault was planned
    Repeats repeats = Repeats::once;
    std::optional<DiskCall> call = std::nullopt; // none: any but a read
    std::string ending = {};                     // of the file's or directory's path
    Whose whose = Whose::every_thread;
};

class FaultyDisk final : public rocksdb::FileSystemWrapper, public store::SmallFiles {
public:
    // `attic`: a directory on the same file system, for what was removed and is not synced away yet.
    explicit FaultyDisk(std::filesystem::path attic, std::uint64_t seed = 0);
    char const* Name() const override { return "FaultyDisk"; }

    void plan(DiskFault fault);
    void heal();
    bool has_struck() const;
    std::optional<DiskCall> struck_call() const; // the first one
    void lose_unsynced();
    // From a signal handler, where another thread may hold the disk for ever.
    void lose_unsynced_if_free();

    rocksdb::IOStatus NewWritableFile(std::string const& name, rocksdb::FileOptions const& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* file,
                                      rocksdb::IODebugContext* debug) override;
    rocksdb::IOStatus NewSequentialFile(std::string const& name, rocksdb::FileOptions const& options,
                                        std::unique_ptr<rocksdb::FSSequentialFile>* file,
                                        rocksdb::IODebugContext* debug) override;
    rocksdb::IOStatus NewRandomAccessFile(std::string const& name, rocksdb::FileOptions const& options,
                                          std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                          rocksdb::IODebugContext* debug) override;
    rocksdb::IOStatus NewDirectory(std::string const& name, rocksdb::IOOptions const& options,
                                   std::unique_ptr<rocksdb::FSDirectory>* directory,
                                   rocksdb::IODebugContext* debug) override;
    rocksdb::IOStatus RenameFile(std::string const& from, std::string const& to,
                                 rocksdb::IOOptions const& options, rocksdb::IODebugContext* debug) override;
    rocksdb::IOStatus DeleteFile(std::string const& name, rocksdb::IOOptions const& options,
                                 rocksdb::IODebugContext* debug) override;
    rocksdb::IOStatus LinkFile(std::string const& from, std::string const& to,
                               rocksdb::IOOptions const& options, rocksdb::IODebugContext* debug) override;
    rocksdb::IOStatus GetFreeSpace(std::string const& path, rocksdb::IOOptions const& options,
                                   std::uint64_t* free, rocksdb::IODebugContext* debug) override;

    Result<std::string, store::ReadFault> read(std::filesystem::path const& file) override;
    store::Done write_synced(std::filesystem::path const& file, std::string_view text) override;
    store::Done rename_over(std::filesystem::path const& fresh, std::filesystem::path const& file) override;
    store::Done sync_directory(std::filesystem::path const& directory) override;

    // For the files and directories that it hands out. One call at a time: `work` runs with the disk held.
    using Work = std::function<rocksdb::IOStatus()>;
    struct Call {
        DiskCall call;
        std::string const& name;
    };
    rocksdb::IOStatus run(Call call, Work const& work, Work const& half = nullptr);
    void written(std::string const& name, std::uint64_t size);
    void synced(std::string const& name);
    void directory_synced(std::string const& name);
    bool flips(std::string const& name);

private:
    struct FileState {
        std::uint64_t synced = 0;
        std::uint64_t size = 0;
    };
    struct Change {
        enum class Kind : std::uint8_t { made, renamed, exchanged, removed } kind;
        std::string name;
        std::string other; // renamed and exchanged: the old name
        std::string kept; // in the attic: what stood at `name` before; empty: nothing did
    };

    std::optional<Trouble> strike(Call const& call);
    [[noreturn]] void end_process(Trouble trouble, Work const& half);
    void lose();
    void undo(Change const& change);
    std::string keep(std::string const& name); // a second name in the attic
    void change(Change change);
    void move_states(std::string const& from, std::string const& to);

    std::filesystem::path attic_;
    std::uint64_t attic_count_ = 0;
    std::mt19937_64 choose_;
    std::thread::id const main_thread_ = std::this_thread::get_id();
    mutable std::recursive_mutex mutex_;
    std::optional<DiskFault> fault_;
    std::uint64_t count_ = 0;
    std::optional<DiskCall> struck_;
    std::map<std::string, FileState> files_;
    std::map<std::string, std::deque<Change>> changes_; // of each directory
};

} // namespace bulla::test
