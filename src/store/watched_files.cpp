#include "store/watched_files.hpp"

#include "store/fault.hpp"
#include "store/table_file.hpp"

namespace bulla::store {
namespace {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

IOStatus synced_or_fatal(IOStatus status, std::string const& name) {
    if (!status.ok())
        fatal_store_error({.kind = StoreFaultKind::failed, .place = name, .detail = status.ToString()});
    return status;
}

class WatchedFile : public rocksdb::FSWritableFileOwnerWrapper {
public:
    WatchedFile(std::unique_ptr<rocksdb::FSWritableFile> file, std::string name)
        : FSWritableFileOwnerWrapper(std::move(file)), name_(std::move(name)) {}

    IOStatus Sync(IOOptions const& options, IODebugContext* debug) override {
        return synced_or_fatal(FSWritableFileOwnerWrapper::Sync(options, debug), name_);
    }
    IOStatus Fsync(IOOptions const& options, IODebugContext* debug) override {
        return synced_or_fatal(FSWritableFileOwnerWrapper::Fsync(options, debug), name_);
    }

private:
    std::string name_;
};

class WatchedDirectory : public rocksdb::FSDirectoryWrapper {
public:
    WatchedDirectory(std::unique_ptr<rocksdb::FSDirectory> directory, std::string name)
        : FSDirectoryWrapper(std::move(directory)), name_(std::move(name)) {}

    IOStatus Fsync(IOOptions const& options, IODebugContext* debug) override {
        return synced_or_fatal(FSDirectoryWrapper::Fsync(options, debug), name_);
    }
    IOStatus FsyncWithDirOptions(IOOptions const& options, IODebugContext* debug,
                                 rocksdb::DirFsyncOptions const& reason) override {
        return synced_or_fatal(FSDirectoryWrapper::FsyncWithDirOptions(options, debug, reason), name_);
    }

private:
    std::string name_;
};

bool is_table(std::string_view name) {
    return name.ends_with(".sst");
}

// Through the handle that RocksDB is about to use.
bool is_sound(rocksdb::FSRandomAccessFile& table, std::uint64_t size) {
    return has_sound_properties(
        [&](std::uint64_t offset, base::ByteSpan out) {
            rocksdb::Slice read;
            auto* const scratch = reinterpret_cast<char*>(out.data());
            if (!table.Read(offset, out.size(), {}, &read, scratch, nullptr).ok() ||
                read.size() != out.size())
                return false;
            if (read.data() != scratch)
                std::ranges::copy_n(read.data(), std::ssize(read), scratch);
            return true;
        },
        size);
}

class WatchedFiles : public rocksdb::FileSystemWrapper {
public:
    using FileSystemWrapper::FileSystemWrapper;
    char const* Name() const override { return "BullaWatchedFiles"; }

    IOStatus NewWritableFile(std::string const& name, FileOptions const& options,
                             std::unique_ptr<rocksdb::FSWritableFile>* file, IODebugContext* debug) override {
        return wrapped(FileSystemWrapper::NewWritableFile(name, options, file, debug), name, file);
    }
    IOStatus ReopenWritableFile(std::string const& name, FileOptions const& options,
                                std::unique_ptr<rocksdb::FSWritableFile>* file,
                                IODebugContext* debug) override {
        return wrapped(FileSystemWrapper::ReopenWritableFile(name, options, file, debug), name, file);
    }
    IOStatus NewRandomAccessFile(std::string const& name, FileOptions const& options,
                                 std::unique_ptr<rocksdb::FSRandomAccessFile>* file,
                                 IODebugContext* debug) override {
        auto status = FileSystemWrapper::NewRandomAccessFile(name, options, file, debug);
        std::uint64_t size = 0;
        if (!status.ok() || !is_table(name) || !GetFileSize(name, {}, &size, debug).ok())
            return status;
        if (!is_sound(**file, size))
            return IOStatus::Corruption("damaged footer, metaindex or properties", name);
        return status;
    }
    IOStatus NewDirectory(std::string const& name, IOOptions const& options,
                          std::unique_ptr<rocksdb::FSDirectory>* directory, IODebugContext* debug) override {
        auto status = FileSystemWrapper::NewDirectory(name, options, directory, debug);
        if (status.ok())
            *directory = std::make_unique<WatchedDirectory>(std::move(*directory), name);
        return status;
    }

private:
    static IOStatus wrapped(IOStatus status, std::string const& name,
                            std::unique_ptr<rocksdb::FSWritableFile>* file) {
        if (status.ok())
            *file = std::make_unique<WatchedFile>(std::move(*file), name);
        return status;
    }
};

} // namespace

std::shared_ptr<rocksdb::FileSystem> watch_files(std::shared_ptr<rocksdb::FileSystem> below) {
    return std::make_shared<WatchedFiles>(std::move(below));
}

} // namespace bulla::store
