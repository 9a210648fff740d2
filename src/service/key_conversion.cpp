#include "service/key_conversion.hpp"

#include "service/keys.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>

namespace bulla::service {
namespace {

namespace fs = std::filesystem;

std::unexpected<KeyFault> fault(KeyFaultKind kind, fs::path const& file) {
    return std::unexpected{KeyFault{.kind = kind, .file = file}};
}

// keys.new beside keys.
fs::path building_of(fs::path const& directory) {
    return fs::path(directory).concat(".new");
}

Result<std::vector<std::string>, KeyFault> list_keys(fs::path const& directory) {
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
        auto name = at->path().filename().string();
        if (name == wrapping_name)
            continue;
        if (key_size(name) == 0)
            return fault(KeyFaultKind::unknown_file, at->path());
        names.push_back(std::move(name));
    }
    if (error)
        return fault(KeyFaultKind::failed, directory);
    return names;
}

Result<base::Timestamp, KeyFault> modified_of(fs::path const& file) {
    struct stat status{};
    if (::stat(file.c_str(), &status) != 0)
        return fault(KeyFaultKind::failed, file);
    auto const since_1970 =
        std::chrono::seconds{status.st_mtim.tv_sec} + std::chrono::nanoseconds{status.st_mtim.tv_nsec};
    return base::Timestamp{std::chrono::floor<std::chrono::milliseconds>(since_1970)};
}

Result<void, KeyFault> copy_keys(KeyDirectory const& from, KeyDirectory const& to,
                                 base::Randomness& randomness) {
    for (auto const& name : TRY(list_keys(from.path()))) {
        auto const key = TRY(from.read(name, key_size(name)));
        auto const modified = TRY(modified_of(from.path() / name));
        TRY(to.write({.name = name, .in_the_end = name, .modified = modified}, key.expose(), randomness));
    }
    return {};
}

// The administrator may do this for a server that runs as another user, who must be able to read the result.
Result<void, KeyFault> give_to_owner_of(fs::path const& directory, fs::path const& building) {
    struct stat owner{};
    if (::stat(directory.c_str(), &owner) != 0)
        return fault(KeyFaultKind::failed, directory);
    if (owner.st_uid == ::geteuid())
        return {};
    std::vector<fs::path> places{building};
    std::error_code error;
    for (fs::directory_iterator at(building, error), end; !error && at != end; at.increment(error))
        places.push_back(at->path());
    for (auto const& place : places)
        if (::chown(place.c_str(), owner.st_uid, owner.st_gid) != 0)
            return fault(KeyFaultKind::failed, place);
    return {};
}

Result<void, KeyFault> sync(fs::path const& directory) {
    int const descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool const synced = descriptor >= 0 && ::fsync(descriptor) == 0;
    if (descriptor >= 0)
        ::close(descriptor);
    return synced ? Result<void, KeyFault>{} : fault(KeyFaultKind::failed, directory);
}

Result<void, KeyFault> exchange(fs::path const& building, fs::path const& directory) {
    TRY(sync(building));
    TRY(sync(directory.parent_path()));
    if (::renameat2(AT_FDCWD, building.c_str(), AT_FDCWD, directory.c_str(), RENAME_EXCHANGE) != 0)
        return fault(KeyFaultKind::failed, directory);
    return sync(directory.parent_path());
}

// passphrase: of the new directory, none for a bare one.
Result<void, KeyFault> convert(KeyDirectory const& from, Passphrase const& passphrase,
                               base::Randomness& randomness) {
    auto const& directory = from.path();
    auto const building = building_of(directory);
    if (::mkdir(building.c_str(), 0700) != 0)
        return fault(KeyFaultKind::failed, building);
    auto const to = TRY(KeyDirectory::found(building, passphrase, randomness));
    TRY(copy_keys(from, to, randomness));
    TRY(give_to_owner_of(directory, building));
    TRY(exchange(building, directory));
    return erase_conversion(directory);
}

Result<void, KeyFault> begin(fs::path const& directory) {
    TRY(erase_conversion(directory));
    TRY(erase_unfinished_secret(KeyDirectory::bare(directory)));
    return erase_unfinished_signing_key(KeyDirectory::bare(directory));
}

} // namespace

Result<void, KeyFault> erase_conversion(fs::path const& directory) {
    TRY(KeyDirectory::bare(directory).erase(fresh_wrapping_name));
    auto const left = KeyDirectory::bare(building_of(directory));
    std::error_code error;
    for (fs::directory_iterator at(left.path(), error), end; !error && at != end; at.increment(error))
        TRY(left.erase(at->path().filename().string()));
    if (error && error != std::errc::no_such_file_or_directory)
        return fault(KeyFaultKind::failed, left.path());
    if (::rmdir(left.path().c_str()) != 0 && errno != ENOENT)
        return fault(KeyFaultKind::failed, left.path());
    return sync(directory.parent_path());
}

Result<void, KeyFault> encrypt_keys(fs::path const& directory, SecretBytes const& passphrase,
                                    base::Randomness& randomness) {
    TRY(begin(directory));
    if (is_encrypted(directory))
        return fault(KeyFaultKind::encrypted_already, directory);
    return convert(KeyDirectory::bare(directory), SecretBytes::from(passphrase.expose()), randomness);
}

Result<void, KeyFault> decrypt_keys(fs::path const& directory, SecretBytes const& passphrase,
                                    base::Randomness& randomness) {
    TRY(begin(directory));
    auto const from = TRY(KeyDirectory::open(directory, SecretBytes::from(passphrase.expose())));
    return convert(from, std::nullopt, randomness);
}

Result<void, KeyFault> change_passphrase(fs::path const& directory, PassphraseChange const& change,
                                         base::Randomness& randomness) {
    TRY(begin(directory));
    auto const opened = TRY(KeyDirectory::open(directory, SecretBytes::from(change.before.expose())));
    return opened.replace_wrapping(change.after, randomness);
}

} // namespace bulla::service
