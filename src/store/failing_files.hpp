// A disk that fails when told to, for tests: everything else goes to the real file system.
#pragma once

#include <rocksdb/file_system.h>

#include <atomic>
#include <memory>

namespace bulla::store {

enum class DiskTrouble : std::uint8_t {
    none,
    full,         // appending writes half of the bytes, then there is no space; no file is made
    nearly_full,  // no space is reported free, but writes succeed
    sync_fails,   // EIO
    append_fails, // EIO, and half of the bytes written
};

class FailingFiles : public rocksdb::FileSystemWrapper {
public:
    FailingFiles() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
    char const* Name() const override { return "FailingFiles"; }

    std::atomic<DiskTrouble> trouble = DiskTrouble::none;
    // Which files are in trouble: those whose names end like this; directories are named by their path.
    std::string ending;

    rocksdb::IOStatus NewWritableFile(std::string const& name, rocksdb::FileOptions const& options,
                                      std::unique_ptr<rocksdb::FSWritableFile>* file,
                                      rocksdb::IODebugContext* debug) override;
    rocksdb::IOStatus NewDirectory(std::string const& name, rocksdb::IOOptions const& options,
                                   std::unique_ptr<rocksdb::FSDirectory>* directory,
                                   rocksdb::IODebugContext* debug) override;
    rocksdb::IOStatus GetFreeSpace(std::string const& path, rocksdb::IOOptions const& options,
                                   std::uint64_t* free, rocksdb::IODebugContext* debug) override {
        if (trouble != DiskTrouble::nearly_full)
            return FileSystemWrapper::GetFreeSpace(path, options, free, debug);
        *free = 0;
        return {};
    }
    DiskTrouble trouble_of(std::string_view name) const {
        return name.ends_with(ending) ? trouble.load() : DiskTrouble::none;
    }
};

class FailingFile : public rocksdb::FSWritableFileOwnerWrapper {
public:
    FailingFile(std::unique_ptr<rocksdb::FSWritableFile> file, std::string name, FailingFiles const& disk)
        : FSWritableFileOwnerWrapper(std::move(file)), name_(std::move(name)), disk_(disk) {}

    rocksdb::IOStatus Append(rocksdb::Slice const& bytes, rocksdb::IOOptions const& options,
                             rocksdb::IODebugContext* debug) override {
        auto const trouble = disk_.trouble_of(name_);
        if (trouble != DiskTrouble::full && trouble != DiskTrouble::append_fails)
            return FSWritableFileOwnerWrapper::Append(bytes, options, debug);
        rocksdb::Slice const half(bytes.data(), bytes.size() / 2);
        FSWritableFileOwnerWrapper::Append(half, options, debug).PermitUncheckedError();
        return trouble == DiskTrouble::full ? rocksdb::IOStatus::NoSpace("full", name_)
                                            : rocksdb::IOStatus::IOError("broken", name_);
    }
    rocksdb::IOStatus Append(rocksdb::Slice const& bytes, rocksdb::IOOptions const& options,
                             rocksdb::DataVerificationInfo const& /*checksum*/,
                             rocksdb::IODebugContext* debug) override {
        return Append(bytes, options, debug);
    }
    rocksdb::IOStatus Sync(rocksdb::IOOptions const& options, rocksdb::IODebugContext* debug) override {
        if (disk_.trouble_of(name_) == DiskTrouble::sync_fails)
            return rocksdb::IOStatus::IOError("sync failed", name_);
        return FSWritableFileOwnerWrapper::Sync(options, debug);
    }

private:
    std::string name_;
    FailingFiles const& disk_;
};

class FailingDirectory : public rocksdb::FSDirectoryWrapper {
public:
    FailingDirectory(std::unique_ptr<rocksdb::FSDirectory> directory, std::string name,
                     FailingFiles const& disk)
        : FSDirectoryWrapper(std::move(directory)), name_(std::move(name)), disk_(disk) {}

    rocksdb::IOStatus FsyncWithDirOptions(rocksdb::IOOptions const& options, rocksdb::IODebugContext* debug,
                                          rocksdb::DirFsyncOptions const& reason) override {
        if (disk_.trouble_of(name_) == DiskTrouble::sync_fails)
            return rocksdb::IOStatus::IOError("sync failed", name_);
        return FSDirectoryWrapper::FsyncWithDirOptions(options, debug, reason);
    }

private:
    std::string name_;
    FailingFiles const& disk_;
};

inline rocksdb::IOStatus FailingFiles::NewWritableFile(std::string const& name,
                                                       rocksdb::FileOptions const& options,
                                                       std::unique_ptr<rocksdb::FSWritableFile>* file,
                                                       rocksdb::IODebugContext* debug) {
    if (trouble_of(name) == DiskTrouble::full)
        return rocksdb::IOStatus::NoSpace("full", name);
    auto status = FileSystemWrapper::NewWritableFile(name, options, file, debug);
    if (status.ok())
        *file = std::make_unique<FailingFile>(std::move(*file), name, *this);
    return status;
}

inline rocksdb::IOStatus FailingFiles::NewDirectory(std::string const& name,
                                                    rocksdb::IOOptions const& options,
                                                    std::unique_ptr<rocksdb::FSDirectory>* directory,
                                                    rocksdb::IODebugContext* debug) {
    auto status = FileSystemWrapper::NewDirectory(name, options, directory, debug);
    if (status.ok())
        *directory = std::make_unique<FailingDirectory>(std::move(*directory), name, *this);
    return status;
}

} // namespace bulla::store
