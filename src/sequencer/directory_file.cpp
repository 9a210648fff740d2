#include "sequencer/directory_file.hpp"

#include "sequencer/limits.hpp"
#include "store/file_descriptor.hpp"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <cerrno>

namespace bulla::sequencer {
namespace {

namespace fs = std::filesystem;
using Refusal = std::unexpected<DirectoryFileFault>;
using StoreRefusal = std::unexpected<StoreDirectoryFault>;

// Nothing when the file system fails, or the file shrinks meanwhile.
std::optional<base::ByteBuffer> read_whole(int descriptor) {
    struct stat status{};
    if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode))
        return std::nullopt;
    base::ByteBuffer bytes(static_cast<std::size_t>(status.st_size));
    for (std::size_t done = 0; done < bytes.size();) {
        auto const count = ::read(descriptor, bytes.data() + done, bytes.size() - done);
        if (count <= 0)
            return std::nullopt;
        done += static_cast<std::size_t>(count);
    }
    return bytes;
}

bool has_room(fs::path const& folder, std::size_t rows) {
    struct statvfs status{};
    if (::statvfs(folder.c_str(), &status) != 0)
        return true; // the write will tell
    return std::uint64_t{status.f_bavail} * status.f_frsize >=
           merkle::map_file_size(rows) + map_file_room_min;
}

bool write_all(int descriptor, base::ByteView bytes) {
    while (!bytes.empty()) {
        auto const count = ::write(descriptor, bytes.data(), bytes.size());
        if (count < 0 && errno != EINTR)
            return false;
        bytes = bytes.subspan(count < 0 ? 0 : static_cast<std::size_t>(count));
    }
    return true;
}

// Bytes go to the disk as they come: what gathers in memory until one great sync would hold up the syncs of
// the ledger's commits.
class SteadyWriter {
public:
    explicit SteadyWriter(int descriptor) : descriptor_(descriptor) {}
    void write(base::ByteView piece) {
        is_good_ = is_good_ && write_all(descriptor_, piece);
        unsynced_ += piece.size();
        if (unsynced_ < map_file_unsynced_max)
            return;
        is_good_ = is_good_ && ::fdatasync(descriptor_) == 0;
        unsynced_ = 0;
    }
    bool is_good() const { return is_good_; }

private:
    int descriptor_;
    std::size_t unsynced_ = 0;
    bool is_good_ = true;
};

bool make_folder(fs::path const& folder) {
    if (::mkdir(folder.c_str(), 0700) == 0)
        return store::sync_directory(folder.parent_path());
    return errno == EEXIST;
}

bool write_file(fs::path const& fresh, Head const& head, std::function<void(StoreStep)> const& before) {
    before(StoreStep::create);
    store::FileDescriptor const descriptor(fresh, O_WRONLY | O_CREAT | O_TRUNC);
    if (!descriptor.is_open())
        return false;
    before(StoreStep::write);
    SteadyWriter writer(descriptor.number());
    merkle::MapFilePlace const place{.height = head.block.height.number(),
                                     .block = merkle::hash_leaf(head.block_bytes)};
    merkle::write_map_file(head.directory, place, [&](base::ByteView piece) { writer.write(piece); });
    before(StoreStep::sync);
    return writer.is_good() && ::fsync(descriptor.number()) == 0;
}

} // namespace

std::string_view name(DirectoryFileFault fault) {
    switch (fault) {
    case DirectoryFileFault::missing: return "missing";
    case DirectoryFileFault::unreadable: return "unreadable";
    case DirectoryFileFault::damaged: return "damaged";
    case DirectoryFileFault::other_ledger: return "other_ledger";
    case DirectoryFileFault::ahead: return "ahead";
    case DirectoryFileFault::too_far_behind: return "too_far_behind";
    case DirectoryFileFault::wrong_root: return "wrong_root";
    }
    CHECK_UNREACHABLE();
}

Result<merkle::MapFile, DirectoryFileFault> load_directory_file_unverified(fs::path const& file) {
    store::FileDescriptor const descriptor(file, O_RDONLY);
    if (!descriptor.is_open())
        return Refusal{errno == ENOENT ? DirectoryFileFault::missing : DirectoryFileFault::unreadable};
    auto const bytes = read_whole(descriptor.number());
    if (!bytes)
        return Refusal{DirectoryFileFault::unreadable};
    return map_fault(merkle::parse_map_file_unverified(*bytes),
                     [](merkle::MapFileFault) { return DirectoryFileFault::damaged; });
}

Result<void, StoreDirectoryFault> store_directory_file(fs::path const& file, Head const& head,
                                                       std::function<void(StoreStep)> const& watch) {
    auto const before = [&](StoreStep step) {
        if (watch)
            watch(step);
    };
    auto const folder = file.parent_path();
    if (!make_folder(folder))
        return StoreRefusal{StoreDirectoryFault::failed};
    if (!has_room(folder, head.directory.size()))
        return StoreRefusal{StoreDirectoryFault::no_space};
    auto const fresh = fs::path(file).concat(".new");
    bool is_done = write_file(fresh, head, before);
    before(StoreStep::rename);
    is_done = is_done && ::rename(fresh.c_str(), file.c_str()) == 0;
    before(StoreStep::sync_directory);
    if (is_done && store::sync_directory(folder))
        return {};
    std::error_code ignored;
    fs::remove(fresh, ignored);
    return StoreRefusal{StoreDirectoryFault::failed};
}

void set_aside(fs::path const& file) {
    std::error_code ignored;
    fs::rename(file, fs::path(file).concat(".wrong"), ignored);
    store::sync_directory(file.parent_path());
}

} // namespace bulla::sequencer
