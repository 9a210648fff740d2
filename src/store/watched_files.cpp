#include "store/watched_files.hpp"

#include "store/fault.hpp"
#include "store/manifest_size.hpp"
#include "store/table_file.hpp"

#include <filesystem>

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

// On a full disk the record before stays: it names a smaller size or another MANIFEST, and allows more.
void write_manifest_size(rocksdb::FileSystem& files, std::filesystem::path const& manifest,
                         std::uint64_t size) {
    auto const fresh = (manifest.parent_path() / manifest_size_fresh_file).string();
    auto const text = print_manifest_size({.manifest = manifest.filename().string(), .size = size});
    std::unique_ptr<rocksdb::FSWritableFile> file;
    if (!files.NewWritableFile(fresh, {}, &file, nullptr).ok() || !file->Append(text, {}, nullptr).ok())
        return;
    synced_or_fatal(file->Sync({}, nullptr), fresh).PermitUncheckedError();
    file->Close({}, nullptr).PermitUncheckedError();
    auto const place = (manifest.parent_path() / manifest_size_file).string();
    files.RenameFile(fresh, place, {}, nullptr).PermitUncheckedError();
}

class WatchedManifest : public WatchedFile {
public:
    WatchedManifest(std::unique_ptr<rocksdb::FSWritableFile> file, std::string const& name,
                    std::shared_ptr<rocksdb::FileSystem> files)
        : WatchedFile(std::move(file), name), place_(name), files_(std::move(files)) {}

    IOStatus Append(rocksdb::Slice const& bytes, IOOptions const& options, IODebugContext* debug) override {
        return counted(WatchedFile::Append(bytes, options, debug), bytes.size());
    }
    IOStatus Append(rocksdb::Slice const& bytes, IOOptions const& options,
                    rocksdb::DataVerificationInfo const& checksum, IODebugContext* debug) override {
        return counted(WatchedFile::Append(bytes, options, checksum, debug), bytes.size());
    }
    IOStatus Sync(IOOptions const& options, IODebugContext* debug) override {
        return noted(WatchedFile::Sync(options, debug));
    }
    IOStatus Fsync(IOOptions const& options, IODebugContext* debug) override {
        return noted(WatchedFile::Fsync(options, debug));
    }

private:
    IOStatus counted(IOStatus status, std::size_t size) {
        if (status.ok())
            size_ += size;
        return status;
    }
    IOStatus noted(IOStatus status) {
        if (status.ok())
            write_manifest_size(*files_, place_, size_);
        return status;
    }

    std::filesystem::path place_;
    std::shared_ptr<rocksdb::FileSystem> files_;
    std::uint64_t size_ = 0;
};

bool is_manifest(std::filesystem::path const& file) {
    return file.filename().string().starts_with("MANIFEST-");
}

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
    explicit WatchedFiles(std::shared_ptr<rocksdb::FileSystem> below)
        : FileSystemWrapper(below), below_(std::move(below)) {}
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
    IOStatus wrapped(IOStatus status, std::string const& name,
                     std::unique_ptr<rocksdb::FSWritableFile>* file) {
        if (status.ok() && is_manifest(name))
            *file = std::make_unique<WatchedManifest>(std::move(*file), name, below_);
        else if (status.ok())
            *file = std::make_unique<WatchedFile>(std::move(*file), name);
        return status;
    }

    std::shared_ptr<rocksdb::FileSystem> below_;
};

} // namespace

std::shared_ptr<rocksdb::FileSystem> watch_files(std::shared_ptr<rocksdb::FileSystem> below) {
    return std::make_shared<WatchedFiles>(std::move(below));
}

} // namespace bulla::store
