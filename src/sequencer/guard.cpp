#include "sequencer/guard.hpp"

#include "sequencer/file_descriptor.hpp"

#include <cerrno>
#include <cstdio>

namespace bulla::sequencer {
namespace {

namespace fs = std::filesystem;
using Refusal = std::unexpected<GuardFault>;

constexpr std::size_t record_size_max = 4096;

Result<std::string, GuardFault> read_record(fs::path const& file) {
    FileDescriptor const descriptor(file, O_RDONLY);
    if (!descriptor.is_open())
        return Refusal{errno == ENOENT ? GuardFault::missing : GuardFault::failed};
    std::string text(record_size_max, '\0');
    auto const size = ::read(descriptor.number(), text.data(), text.size());
    if (size < 0)
        return Refusal{GuardFault::failed};
    text.resize(static_cast<std::size_t>(size));
    return text;
}

// Written over what is there, not into a new file: a full disk has given it its place already.
bool write_synced(fs::path const& file, std::string_view text) {
    auto const size = static_cast<ssize_t>(text.size());
    FileDescriptor const descriptor(file, O_WRONLY | O_CREAT);
    return descriptor.is_open() && ::pwrite(descriptor.number(), text.data(), text.size(), 0) == size &&
           ::ftruncate(descriptor.number(), size) == 0 && ::fsync(descriptor.number()) == 0;
}

// The two names change places at once; where there is no old record, or the file system cannot, a plain
// rename.
bool rename_over(fs::path const& fresh, fs::path const& file) {
    return ::renameat2(AT_FDCWD, fresh.c_str(), AT_FDCWD, file.c_str(), RENAME_EXCHANGE) == 0 ||
           ::rename(fresh.c_str(), file.c_str()) == 0;
}

// write, fsync, rename, fsync of the directory: afterwards the new record is there, before it the old one.
Result<void, GuardFault> replace_record(fs::path const& file, std::string_view text) {
    auto const fresh = fs::path(file).concat(".new");
    if (!write_synced(fresh, text) || !rename_over(fresh, file) || !sync_directory(file.parent_path()))
        return Refusal{GuardFault::failed};
    return {};
}

Result<merkle::Checkpoint, GuardFault> parse_record(std::string_view text, std::string_view origin) {
    if (text.starts_with("moved\n"))
        return Refusal{GuardFault::moved};
    auto checkpoint = merkle::parse_checkpoint(text);
    if (!checkpoint || checkpoint->origin != origin)
        return Refusal{GuardFault::damaged};
    return *std::move(checkpoint);
}

} // namespace

std::string_view name(GuardFault fault) {
    switch (fault) {
    case GuardFault::rollback: return "rollback";
    case GuardFault::fork: return "fork";
    case GuardFault::changed: return "changed";
    case GuardFault::missing: return "missing";
    case GuardFault::damaged: return "damaged";
    case GuardFault::moved: return "moved";
    case GuardFault::failed: return "failed";
    }
    CHECK_UNREACHABLE();
}

Result<merkle::Checkpoint, GuardFault> Guard::read(fs::path const& directory, std::string_view origin) {
    auto const text = TRY(read_record(directory / "checkpoint"));
    return parse_record(text, origin);
}

Result<Guard, GuardFault> Guard::open(fs::path const& directory, std::string origin, Start start) {
    auto const file = directory / "checkpoint";
    auto last = read(directory, origin);
    if (last)
        return Guard(file, *std::move(last));
    if (last.error() != GuardFault::missing || start == Start::again)
        return Refusal{last.error()};
    merkle::Checkpoint const empty{.origin = std::move(origin), .size = {}, .root = merkle::empty_root()};
    std::error_code error;
    fs::create_directories(directory, error);
    if (error)
        return Refusal{GuardFault::failed};
    TRY(replace_record(file, merkle::print_checkpoint(empty)));
    return Guard(file, empty);
}

Result<std::string, GuardFault> Guard::sign(merkle::Checkpoint const& checkpoint,
                                            std::span<merkle::NodeHash const> proof,
                                            crypto::Ed25519KeyPair const& log_key) {
    if (checkpoint.origin != last_.origin)
        return Refusal{GuardFault::damaged};
    if (checkpoint.size < last_.size)
        return Refusal{GuardFault::rollback};
    if (checkpoint.size == last_.size && checkpoint.root != last_.root)
        return Refusal{GuardFault::fork};
    bool const grows = checkpoint.size > last_.size;
    if (grows && last_.size != merkle::TreeSize{} &&
        !merkle::check_consistency(last_.tree(), checkpoint.tree(), proof))
        return Refusal{GuardFault::fork};
    // Compare and swap: what is on the disk must still be what was read last.
    auto const text = TRY(read_record(file_));
    if (TRY(parse_record(text, last_.origin)) != last_)
        return Refusal{GuardFault::changed};
    if (grows) {
        TRY(replace_record(file_, merkle::print_checkpoint(checkpoint)));
        last_ = checkpoint;
    }
    return merkle::sign_checkpoint(checkpoint, log_key);
}

} // namespace bulla::sequencer
