#include "support/faulty_disk.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace bulla::test {
namespace {

namespace fs = std::filesystem;
using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;
using store::Done;
using Lock = std::lock_guard<std::recursive_mutex>;

std::string parent_of(std::string const& name) {
    return fs::path(name).parent_path().lexically_normal().string();
}
bool is_words_for_people(std::string const& name) {
    return fs::path(name).filename().string().starts_with("LOG");
}
bool needs_space(DiskCall call) {
    return call == DiskCall::open || call == DiskCall::append || call == DiskCall::link;
}
IOStatus failure_of(Trouble trouble, std::string const& name) {
    return trouble == Trouble::full ? IOStatus::NoSpace("full", name) : IOStatus::IOError("broken", name);
}

class FaultyFile final : public rocksdb::FSWritableFileOwnerWrapper {
public:
    FaultyFile(std::unique_ptr<rocksdb::FSWritableFile> file, std::string name, FaultyDisk& disk)
        : FSWritableFileOwnerWrapper(std::move(file)), name_(std::move(name)), disk_(disk) {}

    IOStatus Append(Slice const& bytes, IOOptions const& options, IODebugContext* debug) override {
        auto const append = [&](std::size_t size) {
            auto status = FSWritableFileOwnerWrapper::Append(Slice(bytes.data(), size), options, debug);
            if (status.ok())
                disk_.written(name_, size_ += size);
            return status;
        };
        return disk_.run(
            {DiskCall::append, name_}, [&] { return append(bytes.size()); },
            [&] { return append(bytes.size() / 2); });
    }
    IOStatus Append(Slice const& bytes, IOOptions const& options,
                    rocksdb::DataVerificationInfo const& /*checksum*/, IODebugContext* debug) override {
        return Append(bytes, options, debug);
    }
    IOStatus Sync(IOOptions const& options, IODebugContext* debug) override {
        return disk_.run({DiskCall::sync, name_}, [&] {
            auto status = FSWritableFileOwnerWrapper::Sync(options, debug);
            if (status.ok())
                disk_.synced(name_);
            return status;
        });
    }
    IOStatus Fsync(IOOptions const& options, IODebugContext* debug) override { return Sync(options, debug); }
    IOStatus Close(IOOptions const& options, IODebugContext* debug) override {
        return disk_.run({DiskCall::close, name_},
                         [&] { return FSWritableFileOwnerWrapper::Close(options, debug); });
    }

private:
    std::string name_;
    FaultyDisk& disk_;
    std::uint64_t size_ = 0;
};

void flip_a_bit(Slice* read, char* scratch) {
    if (read->empty())
        return;
    if (read->data() != scratch)
        std::copy_n(read->data(), read->size(), scratch);
    scratch[read->size() / 2] ^= 1;
    *read = Slice(scratch, read->size());
}

class FaultySequentialFile final : public rocksdb::FSSequentialFileOwnerWrapper {
public:
    FaultySequentialFile(std::unique_ptr<rocksdb::FSSequentialFile> file, std::string name, FaultyDisk& disk)
        : FSSequentialFileOwnerWrapper(std::move(file)), name_(std::move(name)), disk_(disk) {}

    IOStatus Read(std::size_t size, IOOptions const& options, Slice* read, char* scratch,
                  IODebugContext* debug) override {
        auto status = disk_.run({DiskCall::read, name_}, [&] {
            return FSSequentialFileOwnerWrapper::Read(size, options, read, scratch, debug);
        });
        if (status.ok() && disk_.flips(name_))
            flip_a_bit(read, scratch);
        return status;
    }

private:
    std::string name_;
    FaultyDisk& disk_;
};

class FaultyRandomAccessFile final : public rocksdb::FSRandomAccessFileOwnerWrapper {
public:
    FaultyRandomAccessFile(std::unique_ptr<rocksdb::FSRandomAccessFile> file, std::string name,
                           FaultyDisk& disk)
        : FSRandomAccessFileOwnerWrapper(std::move(file)), name_(std::move(name)), disk_(disk) {}

    IOStatus Read(std::uint64_t offset, std::size_t size, IOOptions const& options, Slice* read,
                  char* scratch, IODebugContext* debug) const override {
        auto status = disk_.run({DiskCall::read, name_}, [&] {
            return FSRandomAccessFileOwnerWrapper::Read(offset, size, options, read, scratch, debug);
        });
        if (status.ok() && disk_.flips(name_))
            flip_a_bit(read, scratch);
        return status;
    }
    IOStatus MultiRead(rocksdb::FSReadRequest* requests, std::size_t count, IOOptions const& options,
                       IODebugContext* debug) override {
        for (std::size_t index = 0; index < count; ++index) {
            auto& one = requests[index];
            one.status = Read(one.offset, one.len, options, &one.result, one.scratch, debug);
        }
        return IOStatus::OK();
    }

private:
    std::string name_;
    FaultyDisk& disk_;
};

class FaultyDirectory final : public rocksdb::FSDirectoryWrapper {
public:
    FaultyDirectory(std::unique_ptr<rocksdb::FSDirectory> directory, std::string name, FaultyDisk& disk)
        : FSDirectoryWrapper(std::move(directory)), name_(std::move(name)), disk_(disk) {}

    IOStatus Fsync(IOOptions const& options, IODebugContext* debug) override {
        return sync([&] { return FSDirectoryWrapper::Fsync(options, debug); });
    }
    IOStatus FsyncWithDirOptions(IOOptions const& options, IODebugContext* debug,
                                 rocksdb::DirFsyncOptions const& reason) override {
        return sync([&] { return FSDirectoryWrapper::FsyncWithDirOptions(options, debug, reason); });
    }

private:
    IOStatus sync(FaultyDisk::Work const& work) {
        return disk_.run({DiskCall::sync_directory, name_}, [&] {
            auto status = work();
            if (status.ok())
                disk_.directory_synced(name_);
            return status;
        });
    }

    std::string name_;
    FaultyDisk& disk_;
};

} // namespace

FaultyDisk::FaultyDisk(fs::path attic, std::uint64_t seed)
    : FileSystemWrapper(rocksdb::FileSystem::Default()), attic_(std::move(attic)), choose_(seed) {
    fs::remove_all(attic_);
    fs::create_directories(attic_);
}

void FaultyDisk::plan(DiskFault fault) {
    Lock const lock(mutex_);
    fault_ = std::move(fault);
    count_ = 0;
    struck_.reset();
}
void FaultyDisk::heal() {
    Lock const lock(mutex_);
    fault_.reset();
}
bool FaultyDisk::has_struck() const {
    Lock const lock(mutex_);
    return struck_.has_value();
}
std::optional<DiskCall> FaultyDisk::struck_call() const {
    Lock const lock(mutex_);
    return struck_;
}

// Whether this call is the one, or one after it.
std::optional<Trouble> FaultyDisk::strike(Call const& call) {
    if (!fault_ || fault_->trouble == Trouble::nearly_full || is_words_for_people(call.name) ||
        !call.name.ends_with(fault_->ending))
        return std::nullopt;
    if (fault_->call ? fault_->call != call.call : call.call == DiskCall::read)
        return std::nullopt;
    if (fault_->trouble == Trouble::full && !needs_space(call.call))
        return std::nullopt;
    bool const is_main = std::this_thread::get_id() == main_thread_;
    if (fault_->whose != Whose::every_thread && is_main != (fault_->whose == Whose::main_thread))
        return std::nullopt;
    ++count_;
    bool const is_struck =
        fault_->repeats == Repeats::once ? count_ == fault_->number : count_ >= fault_->number;
    if (!is_struck)
        return std::nullopt;
    if (!struck_)
        struck_ = call.call;
    return fault_->trouble;
}

IOStatus FaultyDisk::run(Call call, Work const& work, Work const& half) {
    Lock const lock(mutex_);
    auto const trouble = strike(call);
    if (!trouble || *trouble == Trouble::bit_flip)
        return work();
    if (*trouble == Trouble::power_cut || *trouble == Trouble::killed)
        end_process(*trouble, half);
    if (*trouble != Trouble::broken && half)
        half().PermitUncheckedError();
    return failure_of(*trouble, call.name);
}

void FaultyDisk::end_process(Trouble trouble, Work const& half) {
    if (half)
        half().PermitUncheckedError();
    if (trouble == Trouble::killed)
        ::_exit(killed_status);
    lose();
    ::_exit(power_cut_status);
}

// run() has just counted the read: this is asked for the same one.
bool FaultyDisk::flips(std::string const& name) {
    Lock const lock(mutex_);
    return fault_ && fault_->trouble == Trouble::bit_flip && name.ends_with(fault_->ending) &&
           count_ == fault_->number && struck_ == DiskCall::read;
}

// --- what is synced
// -----------------------------------------------------------------------------------------

void FaultyDisk::written(std::string const& name, std::uint64_t size) {
    files_[name].size = size;
}
void FaultyDisk::synced(std::string const& name) {
    files_[name].synced = files_[name].size;
}
void FaultyDisk::directory_synced(std::string const& name) {
    auto const found = changes_.find(fs::path(name).lexically_normal().string());
    if (found == changes_.end())
        return;
    std::error_code ignored;
    for (auto const& change : found->second)
        if (!change.kept.empty())
            fs::remove(change.kept, ignored);
    changes_.erase(found);
}
void FaultyDisk::change(Change change) {
    changes_[parent_of(change.name)].push_back(std::move(change));
}
std::string FaultyDisk::keep(std::string const& name) {
    std::error_code error;
    if (!fs::is_regular_file(name, error))
        return {};
    auto kept = (attic_ / std::to_string(attic_count_++)).string();
    fs::create_hard_link(name, kept, error);
    return error ? std::string() : kept;
}

// A directory takes what is in it along.
void FaultyDisk::move_states(std::string const& from, std::string const& to) {
    std::map<std::string, FileState> moved;
    for (auto at = files_.begin(); at != files_.end();) {
        if (at->first == from || at->first.starts_with(from + "/")) {
            moved.insert_or_assign(to + at->first.substr(from.size()), at->second);
            at = files_.erase(at);
        } else
            ++at;
    }
    for (auto& [name, state] : moved)
        files_.insert_or_assign(name, state);
    if (auto inside = changes_.extract(from)) {
        for (auto& one : inside.mapped())
            for (auto* const place : {&one.name, &one.other})
                if (place->starts_with(from + "/"))
                    *place = to + place->substr(from.size());
        inside.key() = to;
        changes_.insert(std::move(inside));
    }
}

void FaultyDisk::lose_unsynced() {
    Lock const lock(mutex_);
    lose();
}
void FaultyDisk::lose_unsynced_if_free() {
    if (!mutex_.try_lock())
        return;
    lose();
    mutex_.unlock();
}

// All, nothing, or some of it: what a disk that writes back in its own time may have got to.
void FaultyDisk::lose() {
    auto const some_of = [&](std::uint64_t count) -> std::uint64_t {
        switch (choose_() % 3) {
        case 0: return 0;
        case 1: return count;
        default: return choose_() % (count + 1);
        }
    };
    std::error_code ignored;
    for (auto const& [name, state] : files_)
        if (state.size > state.synced)
            fs::resize_file(name, state.synced + some_of(state.size - state.synced), ignored);
    for (auto& [directory, changes] : changes_)
        for (auto const kept = some_of(changes.size()); changes.size() > kept; changes.pop_back())
            undo(changes.back());
    files_.clear();
    changes_.clear();
}

void FaultyDisk::undo(Change const& change) {
    std::error_code ignored;
    switch (change.kind) {
    case Change::Kind::made:
    case Change::Kind::removed: fs::remove(change.name, ignored); break;
    case Change::Kind::renamed: fs::rename(change.name, change.other, ignored); break;
    case Change::Kind::exchanged:
        ::renameat2(AT_FDCWD, change.name.c_str(), AT_FDCWD, change.other.c_str(), RENAME_EXCHANGE);
        return;
    }
    if (!change.kept.empty())
        fs::rename(change.kept, change.name, ignored);
}

// --- RocksDB's calls
// ----------------------------------------------------------------------------------------

IOStatus FaultyDisk::NewWritableFile(std::string const& name, FileOptions const& options,
                                     std::unique_ptr<rocksdb::FSWritableFile>* file, IODebugContext* debug) {
    return run({DiskCall::open, name}, [&] {
        auto kept = keep(name);
        if (!kept.empty()) { // truncating it would change the file in the attic too
            std::error_code ignored;
            fs::remove(name, ignored);
        }
        auto status = FileSystemWrapper::NewWritableFile(name, options, file, debug);
        if (!status.ok())
            return status;
        files_[name] = {};
        change({.kind = Change::Kind::made, .name = name, .other = {}, .kept = std::move(kept)});
        *file = std::make_unique<FaultyFile>(std::move(*file), name, *this);
        return status;
    });
}

IOStatus FaultyDisk::NewSequentialFile(std::string const& name, FileOptions const& options,
                                       std::unique_ptr<rocksdb::FSSequentialFile>* file,
                                       IODebugContext* debug) {
    auto status = FileSystemWrapper::NewSequentialFile(name, options, file, debug);
    if (status.ok())
        *file = std::make_unique<FaultySequentialFile>(std::move(*file), name, *this);
    return status;
}

IOStatus FaultyDisk::NewRandomAccessFile(std::string const& name, FileOptions const& options,
                                         std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                         IODebugContext* debug) {
    auto status = FileSystemWrapper::NewRandomAccessFile(name, options, file, debug);
    if (status.ok())
        *file = std::make_unique<FaultyRandomAccessFile>(std::move(*file), name, *this);
    return status;
}

IOStatus FaultyDisk::NewDirectory(std::string const& name, IOOptions const& options,
                                  std::unique_ptr<rocksdb::FSDirectory>* directory, IODebugContext* debug) {
    auto status = FileSystemWrapper::NewDirectory(name, options, directory, debug);
    if (status.ok())
        *directory = std::make_unique<FaultyDirectory>(std::move(*directory), name, *this);
    return status;
}

IOStatus FaultyDisk::RenameFile(std::string const& from, std::string const& to, IOOptions const& options,
                                IODebugContext* debug) {
    return run({DiskCall::rename, to}, [&] {
        auto kept = keep(to);
        auto status = FileSystemWrapper::RenameFile(from, to, options, debug);
        if (!status.ok())
            return status;
        move_states(from, to);
        change({.kind = Change::Kind::renamed, .name = to, .other = from, .kept = std::move(kept)});
        return status;
    });
}

IOStatus FaultyDisk::DeleteFile(std::string const& name, IOOptions const& options, IODebugContext* debug) {
    return run({DiskCall::remove, name}, [&] {
        auto kept = keep(name);
        auto status = FileSystemWrapper::DeleteFile(name, options, debug);
        if (!status.ok())
            return status;
        files_.erase(name);
        change({.kind = Change::Kind::removed, .name = name, .other = {}, .kept = std::move(kept)});
        return status;
    });
}

IOStatus FaultyDisk::LinkFile(std::string const& from, std::string const& to, IOOptions const& options,
                              IODebugContext* debug) {
    return run({DiskCall::link, to}, [&] {
        auto status = FileSystemWrapper::LinkFile(from, to, options, debug);
        if (status.ok())
            change({.kind = Change::Kind::made, .name = to, .other = {}, .kept = {}});
        return status;
    });
}

IOStatus FaultyDisk::GetFreeSpace(std::string const& path, IOOptions const& options, std::uint64_t* free,
                                  IODebugContext* debug) {
    {
        Lock const lock(mutex_);
        bool const is_full =
            fault_ && fault_->trouble == Trouble::full && struck_ && fault_->repeats == Repeats::from_then_on;
        if (is_full || (fault_ && fault_->trouble == Trouble::nearly_full)) {
            *free = 0;
            return {};
        }
    }
    return FileSystemWrapper::GetFreeSpace(path, options, free, debug);
}

// --- small files
// --------------------------------------------------------------------------------------------

Result<std::string, store::ReadFault> FaultyDisk::read(fs::path const& file) {
    return SmallFiles::of_the_system().read(file);
}

// The record as RocksDB would write it: an append, then a sync. Half of a record over the one before it.
Done FaultyDisk::write_synced(fs::path const& file, std::string_view text) {
    auto const name = file.string();
    auto const write = [&](std::size_t size) {
        std::error_code error;
        if (!fs::exists(file, error))
            change({.kind = Change::Kind::made, .name = name, .other = {}, .kept = {}});
        bool const is_written =
            SmallFiles::of_the_system().write_synced(file, text.substr(0, size)) == Done::yes;
        files_[name] = {.synced = 0, .size = size};
        return is_written ? IOStatus::OK() : IOStatus::IOError("broken", name);
    };
    auto const sync = [&] {
        synced(name);
        return IOStatus::OK();
    };
    auto const call = fs::exists(file) ? DiskCall::overwrite : DiskCall::append;
    bool const is_written =
        run({call, name}, [&] { return write(text.size()); }, [&] { return write(text.size() / 2); }).ok();
    return is_written && run({DiskCall::sync, name}, sync).ok() ? Done::yes : Done::no;
}

Done FaultyDisk::rename_over(fs::path const& fresh, fs::path const& file) {
    auto const name = file.string();
    auto const work = [&] {
        bool const is_exchanged = fs::exists(file);
        if (SmallFiles::of_the_system().rename_over(fresh, file) == Done::no)
            return IOStatus::IOError("broken", name);
        change({.kind = is_exchanged ? Change::Kind::exchanged : Change::Kind::renamed,
                .name = name,
                .other = fresh.string(),
                .kept = {}});
        std::swap(files_[name], files_[fresh.string()]);
        return IOStatus::OK();
    };
    return run({DiskCall::rename, name}, work).ok() ? Done::yes : Done::no;
}

Done FaultyDisk::sync_directory(fs::path const& directory) {
    auto const name = directory.string();
    auto const work = [&] {
        if (SmallFiles::of_the_system().sync_directory(directory) == Done::no)
            return IOStatus::IOError("broken", name);
        directory_synced(name);
        return IOStatus::OK();
    };
    return run({DiskCall::sync_directory, name}, work).ok() ? Done::yes : Done::no;
}

} // namespace bulla::test
