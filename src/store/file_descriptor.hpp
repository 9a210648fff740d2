// A file opened by its path and closed by its owner; files made here have mode 0600.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

namespace bulla::store {

class FileDescriptor {
public:
    FileDescriptor(std::filesystem::path const& path, int flags)
        : number_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
    ~FileDescriptor() {
        if (number_ >= 0)
            ::close(number_);
    }
    FileDescriptor(FileDescriptor const&) = delete;
    FileDescriptor& operator=(FileDescriptor const&) = delete;
    int number() const { return number_; }
    bool is_open() const { return number_ >= 0; }

private:
    int number_;
};

// What was made, renamed or removed in the directory outlives a power failure.
inline bool sync_directory(std::filesystem::path const& directory) {
    FileDescriptor const descriptor(directory, O_RDONLY | O_DIRECTORY);
    return descriptor.is_open() && ::fsync(descriptor.number()) == 0;
}

} // namespace bulla::store
