#include "service/key_directory.hpp"

#include "service/key_wrapping.hpp"
#include "store/fault.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace bulla::service {
namespace {

namespace fs = std::filesystem;

class FileDescriptor {
public:
    FileDescriptor(fs::path const& file, int flags)
        : number_(::open(file.c_str(), flags | O_CLOEXEC, 0600)) {}
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

std::unexpected<KeyFault> fault(KeyFaultKind kind, fs::path const& file) {
    return std::unexpected{KeyFault{.kind = kind, .file = file}};
}

bool set_modified(int descriptor, base::Timestamp time) {
    auto const since_1970 = time.time_since_epoch();
    auto const whole = std::chrono::floor<std::chrono::seconds>(since_1970);
    timespec const stamp{.tv_sec = whole.count(),
                         .tv_nsec = std::chrono::nanoseconds(since_1970 - whole).count()};
    timespec const stamps[2] = {stamp, stamp};
    return ::futimens(descriptor, stamps) == 0;
}

// A failed sync is never tried again, here as in the store.
void sync_or_end(FileDescriptor const& descriptor, fs::path const& file) {
    if (::fsync(descriptor.number()) != 0)
        store::fatal_store_error({.kind = store::StoreFaultKind::failed,
                                  .place = file.string(),
                                  .detail = std::strerror(errno)}); // NOLINT(concurrency-mt-unsafe)
}

Result<void, KeyFault> sync_directory(fs::path const& directory) {
    FileDescriptor const descriptor(directory, O_RDONLY | O_DIRECTORY);
    if (!descriptor.is_open())
        return fault(KeyFaultKind::failed, directory);
    sync_or_end(descriptor, directory);
    return {};
}

Result<void, KeyFault> write_file(fs::path const& file, base::ByteView bytes,
                                  std::optional<base::Timestamp> modified) {
    FileDescriptor const descriptor(file, O_WRONLY | O_CREAT | O_EXCL);
    if (!descriptor.is_open() ||
        ::write(descriptor.number(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()) ||
        (modified && !set_modified(descriptor.number(), *modified)))
        return fault(KeyFaultKind::failed, file);
    sync_or_end(descriptor, file);
    return sync_directory(file.parent_path());
}

// A whole file of at most size_max bytes, which nobody has one of the forbidden rights to.
struct ReadRules {
    std::size_t size_max;
    mode_t forbidden = 077;
};
Result<SecretBytes, KeyFault> read_file(fs::path const& file, ReadRules const& rules) {
    FileDescriptor const descriptor(file, O_RDONLY);
    if (!descriptor.is_open())
        return fault(errno == ENOENT ? KeyFaultKind::missing : KeyFaultKind::failed, file);
    struct stat status{};
    if (::fstat(descriptor.number(), &status) != 0 || !S_ISREG(status.st_mode))
        return fault(KeyFaultKind::failed, file);
    if ((status.st_mode & rules.forbidden) != 0)
        return fault(KeyFaultKind::readable_by_others, file);
    if (status.st_size > static_cast<off_t>(rules.size_max))
        return fault(KeyFaultKind::wrong_size, file);
    SecretBytes bytes(static_cast<std::size_t>(status.st_size));
    if (::read(descriptor.number(), bytes.writable().data(), bytes.size()) !=
        static_cast<ssize_t>(bytes.size()))
        return fault(KeyFaultKind::failed, file);
    return bytes;
}

Result<void, KeyFault> erase_file(fs::path const& file) {
    FileDescriptor const descriptor(file, O_WRONLY);
    if (!descriptor.is_open() && errno == ENOENT)
        return {};
    struct stat status{};
    if (!descriptor.is_open() || ::fstat(descriptor.number(), &status) != 0)
        return fault(KeyFaultKind::failed, file);
    base::ByteBuffer const zeros(static_cast<std::size_t>(status.st_size));
    if (::write(descriptor.number(), zeros.data(), zeros.size()) != static_cast<ssize_t>(zeros.size()))
        return fault(KeyFaultKind::failed, file);
    sync_or_end(descriptor, file);
    if (::unlink(file.c_str()) != 0)
        return fault(KeyFaultKind::failed, file);
    return sync_directory(file.parent_path());
}

auto unwrap_fault(fs::path const& file) {
    return [file](UnwrapFault from) {
        return KeyFault{.kind = from == UnwrapFault::no_memory ? KeyFaultKind::no_memory
                                                               : KeyFaultKind::passphrase_refused,
                        .file = file};
    };
}

Result<crypto::AeadKey, KeyFault> load_wrapping_key(fs::path const& file, Passphrase const& passphrase) {
    auto const bytes = TRY(read_file(file, {.size_max = wrapping_size}));
    auto const wrapping = parse_wrapping(bytes.expose());
    if (!wrapping)
        return fault(KeyFaultKind::damaged, file);
    if (!passphrase)
        return fault(KeyFaultKind::passphrase_missing, file);
    if (passphrase->size() < passphrase_size_min)
        return fault(KeyFaultKind::passphrase_unfit, file);
    return map_fault(unwrap(*wrapping, passphrase->expose()), unwrap_fault(file));
}

Result<void, KeyFault> write_wrapping(fs::path const& file, crypto::AeadKey const& wrapping_key,
                                      SecretBytes const& passphrase, base::Randomness& randomness) {
    if (passphrase.size() < passphrase_size_min)
        return fault(KeyFaultKind::passphrase_unfit, file);
    auto const wrapping =
        TRY(map_fault(wrap(wrapping_key, passphrase.expose(), {}, randomness), unwrap_fault(file)));
    return write_file(file, encode(wrapping), std::nullopt);
}

} // namespace

Result<SecretBytes, KeyFault> load_passphrase(fs::path const& file, FileAudience audience) {
    auto const bytes =
        TRY(read_file(file, {.size_max = passphrase_size_max + 1,
                             .forbidden = mode_t(audience == FileAudience::owner ? 077 : 07)}));
    auto const text = bytes.expose();
    auto const line = text.first(static_cast<std::size_t>(std::ranges::find(text, '\n') - text.begin()));
    if (line.size() < passphrase_size_min)
        return fault(KeyFaultKind::passphrase_unfit, file);
    return SecretBytes::from(line);
}

bool is_encrypted(fs::path const& directory) {
    std::error_code error;
    return fs::exists(fs::symlink_status(directory / wrapping_name, error));
}

Result<KeyDirectory, KeyFault> KeyDirectory::found(fs::path directory, Passphrase const& passphrase,
                                                   base::Randomness& randomness) {
    if (!passphrase)
        return bare(std::move(directory));
    auto wrapping_key = crypto::AeadKey::make([&](base::ByteSpan bytes) { randomness.fill(bytes); });
    TRY(write_wrapping(directory / wrapping_name, wrapping_key, *passphrase, randomness));
    return KeyDirectory(std::move(directory), std::move(wrapping_key));
}

Result<KeyDirectory, KeyFault> KeyDirectory::open(fs::path directory, Passphrase const& passphrase) {
    auto const file = directory / wrapping_name;
    if (is_encrypted(directory))
        return KeyDirectory(std::move(directory), TRY(load_wrapping_key(file, passphrase)));
    if (passphrase)
        return fault(KeyFaultKind::not_encrypted, directory);
    return bare(std::move(directory));
}

Result<SecretBytes, KeyFault> KeyDirectory::read(std::string_view name, std::size_t size) const {
    auto const file = path_ / name;
    auto bytes = TRY(read_file(file, {.size_max = sealed_size(size)}));
    if (!wrapping_key_ && bytes.size() == sealed_size(size))
        return fault(KeyFaultKind::missing, path_ / wrapping_name);
    if (bytes.size() != (wrapping_key_ ? sealed_size(size) : size))
        return fault(KeyFaultKind::wrong_size, file);
    if (!wrapping_key_)
        return bytes;
    auto key = open_key(*wrapping_key_, name, bytes.expose());
    if (!key)
        return fault(KeyFaultKind::damaged, file);
    return *std::move(key);
}

Result<void, KeyFault> KeyDirectory::write(NewFile const& file, base::ByteView key,
                                           base::Randomness& randomness) const {
    auto const place = path_ / file.name;
    if (!wrapping_key_)
        return write_file(place, key, file.modified);
    return write_file(place, seal_key(*wrapping_key_, file.in_the_end, key, randomness), file.modified);
}

Result<void, KeyFault> KeyDirectory::rename(std::string_view from, std::string_view to) const {
    auto const file = path_ / from;
    if (::rename(file.c_str(), (path_ / to).c_str()) != 0)
        return fault(errno == ENOENT ? KeyFaultKind::missing : KeyFaultKind::failed, file);
    return sync_directory(path_);
}

Result<void, KeyFault> KeyDirectory::erase(std::string_view name) const {
    return erase_file(path_ / name);
}

// The two names change places, so that the old wrapping, which the old passphrase still opens, can be
// overwritten.
Result<void, KeyFault> KeyDirectory::replace_wrapping(SecretBytes const& passphrase,
                                                      base::Randomness& randomness) const {
    auto const file = path_ / wrapping_name;
    auto const fresh = path_ / fresh_wrapping_name;
    if (!wrapping_key_)
        return fault(KeyFaultKind::not_encrypted, path_);
    TRY(erase_file(fresh));
    TRY(write_wrapping(fresh, *wrapping_key_, passphrase, randomness));
    if (::renameat2(AT_FDCWD, fresh.c_str(), AT_FDCWD, file.c_str(), RENAME_EXCHANGE) != 0)
        return fault(KeyFaultKind::failed, file);
    TRY(sync_directory(path_));
    return erase_file(fresh);
}

} // namespace bulla::service
