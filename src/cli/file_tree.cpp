#include "cli/file_tree.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace bulla::cli {
namespace {

namespace fs = std::filesystem;
using Reason = std::unexpected<std::string>;

Reason system_reason(fs::path const& place, int number) {
    return Reason{fmt::format("{}: {}", place.string(), std::strerror(number))};
}

Result<void, std::string> sync(fs::path const& path, int flags) {
    int const descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | flags);
    int const outcome = descriptor < 0 ? -1 : ::fsync(descriptor);
    int const number = errno;
    if (descriptor >= 0)
        ::close(descriptor);
    if (outcome != 0)
        return system_reason(path, number);
    return {};
}

Result<void, std::string> copy_one(fs::directory_entry const& entry, fs::path const& to) {
    std::error_code error;
    if (entry.is_directory(error))
        return copy_tree(entry.path(), to);
    if (!entry.is_regular_file(error))
        return {}; // a socket
    if (!fs::copy_file(entry.path(), to, error)) {
        if (error == std::errc::no_such_file_or_directory && !fs::exists(entry.path()))
            return {}; // removed meanwhile, as the file of a signing key is that was just replaced
        return system_reason(to, error.value());
    }
    fs::permissions(to, fs::perms::owner_read | fs::perms::owner_write, error);
    return sync(to, 0);
}

} // namespace

Result<void, std::string> copy_tree(fs::path const& from, fs::path const& to) {
    std::error_code error;
    if (!fs::create_directory(to, error))
        return system_reason(to, error ? error.value() : EEXIST);
    for (fs::directory_iterator at(from, error), end; !error && at != end; at.increment(error))
        TRY(copy_one(*at, to / at->path().filename()));
    if (error)
        return system_reason(from, error.value());
    return sync(to, O_DIRECTORY);
}

Result<void, std::string> publish_directory(fs::path const& building, fs::path const& target) {
    if (::rename(building.c_str(), target.c_str()) != 0)
        return system_reason(target, errno);
    return sync(fs::absolute(target).parent_path(), O_DIRECTORY);
}

} // namespace bulla::cli
