#include "sequencer/guard.hpp"

namespace bulla::sequencer {
namespace {

namespace fs = std::filesystem;
using Refusal = std::unexpected<GuardFault>;

Result<std::string, GuardFault> read_record(store::SmallFiles& files, fs::path const& file) {
    return map_fault(files.read(file), [](store::ReadFault fault) {
        return fault == store::ReadFault::absent ? GuardFault::missing : GuardFault::failed;
    });
}

// write, fsync, rename, fsync of the directory: afterwards the new record is there, before it the old one.
Result<void, GuardFault> replace_record(store::SmallFiles& files, fs::path const& file,
                                        std::string_view text) {
    using store::Done;
    auto const fresh = fs::path(file).concat(".new");
    if (files.write_synced(fresh, text) == Done::no || files.rename_over(fresh, file) == Done::no ||
        files.sync_directory(file.parent_path()) == Done::no)
        return Refusal{GuardFault::failed};
    return {};
}

Result<merkle::Checkpoint, GuardFault> parse_record(std::string_view text) {
    if (text.starts_with("moved\n"))
        return Refusal{GuardFault::moved};
    auto checkpoint = merkle::parse_checkpoint(text);
    if (!checkpoint)
        return Refusal{GuardFault::damaged};
    return *std::move(checkpoint);
}

merkle::Checkpoint nothing_signed(std::string origin) {
    return {.origin = std::move(origin), .size = {}, .root = merkle::empty_root()};
}

Result<void, GuardFault> make_directory(fs::path const& directory) {
    std::error_code error;
    fs::create_directories(directory, error);
    if (error)
        return Refusal{GuardFault::failed};
    return {};
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

Result<merkle::Checkpoint, GuardFault> Guard::read(fs::path const& directory, store::SmallFiles& files) {
    auto const text = TRY(read_record(files, directory / "checkpoint"));
    return parse_record(text);
}

Result<void, GuardFault> Guard::begin_origin(fs::path const& directory, std::string origin,
                                             store::SmallFiles& files) {
    auto const last = read(directory, files);
    if (!last && (last.error() == GuardFault::moved || last.error() == GuardFault::failed))
        return Refusal{last.error()};
    TRY(make_directory(directory));
    return replace_record(files, directory / "checkpoint",
                          merkle::print_checkpoint(nothing_signed(std::move(origin))));
}

Result<Guard, GuardFault> Guard::open(fs::path const& directory, std::string origin, Start start,
                                      store::SmallFiles& files) {
    auto const file = directory / "checkpoint";
    auto last = read(directory, files);
    if (last)
        return Guard(files, file, *std::move(last));
    if (last.error() != GuardFault::missing || start == Start::again)
        return Refusal{last.error()};
    auto const empty = nothing_signed(std::move(origin));
    TRY(make_directory(directory));
    TRY(replace_record(files, file, merkle::print_checkpoint(empty)));
    return Guard(files, file, empty);
}

Result<std::string, GuardFault> Guard::sign(merkle::Checkpoint const& checkpoint,
                                            std::span<merkle::NodeHash const> proof,
                                            crypto::Ed25519KeyPair const& log_key) {
    if (checkpoint.size < last_.size)
        return Refusal{GuardFault::rollback};
    if (checkpoint.size == last_.size && checkpoint.root != last_.root)
        return Refusal{GuardFault::fork};
    bool const grows = checkpoint.size > last_.size;
    // Without a tree nothing ties the record to this log; and one tree names one origin.
    bool const is_under_another = checkpoint.origin != last_.origin;
    if (is_under_another && (!grows || last_.size == merkle::TreeSize{}))
        return Refusal{GuardFault::damaged};
    if (grows && last_.size != merkle::TreeSize{} &&
        !merkle::check_consistency(last_.tree(), checkpoint.tree(), proof))
        return Refusal{GuardFault::fork};
    // Compare and swap: what is on the disk must still be what was read last.
    auto const text = TRY(read_record(*files_, file_));
    if (TRY(parse_record(text)) != last_)
        return Refusal{GuardFault::changed};
    if (grows) {
        TRY(replace_record(*files_, file_, merkle::print_checkpoint(checkpoint)));
        last_ = checkpoint;
    }
    return merkle::sign_checkpoint(checkpoint, log_key);
}

} // namespace bulla::sequencer
