#include "service/verify.hpp"

#include "service/verify_map.hpp"
#include "service/verify_rows.hpp"
#include "service/verify_walk.hpp"

#include <fmt/format.h>

#include <thread>

namespace bulla::service {
namespace {

using Found = std::optional<WrongThing>;
constexpr auto end_of_text = std::string_view::npos;

// A checkpoint that the log must extend, and what it means when it does not.
struct Anchor {
    std::string file;
    merkle::Checkpoint checkpoint;
    VerifyReason ends_before;
    VerifyReason differs;
    VerifyReason not_ours; // not of this log, under any name that it has had
    std::optional<std::string> note = {}; // where there is a signature to check
};
using ReadAnchor = Result<std::optional<Anchor>, WrongThing>;

ReadAnchor read_guard(std::filesystem::path const& directory) {
    if (directory.empty())
        return std::nullopt;
    auto const record = sequencer::Guard::read(directory);
    auto const is_missing = !record && record.error() == sequencer::GuardFault::missing;
    if (!record)
        return std::unexpected{
            WrongThing{.index = {},
                       .file = "guard/checkpoint",
                       .reason = is_missing ? VerifyReason::guard_missing : VerifyReason::guard_damaged}};
    return Anchor{.file = "guard/checkpoint",
                  .checkpoint = *record,
                  .ends_before = VerifyReason::ends_before_guard,
                  .differs = VerifyReason::differs_from_guard,
                  .not_ours = VerifyReason::guard_damaged};
}

// Whose signature it has to bear is known after the walk.
ReadAnchor read_kept(std::optional<std::string> const& note) {
    if (!note)
        return std::nullopt;
    Anchor anchor{.file = "the checkpoint given",
                  .checkpoint = {},
                  .ends_before = VerifyReason::ends_before_checkpoint,
                  .differs = VerifyReason::differs_from_checkpoint,
                  .not_ours = VerifyReason::checkpoint_refused,
                  .note = note};
    auto const end = note->find("\n\n");
    auto checkpoint =
        merkle::parse_checkpoint(std::string_view(*note).substr(0, end == end_of_text ? end : end + 1));
    if (!checkpoint)
        return std::unexpected{WrongThing{.index = {}, .file = anchor.file, .reason = anchor.not_ours}};
    anchor.checkpoint = *std::move(checkpoint);
    return anchor;
}

bool is_of(Anchor const& anchor, LedgerWalk::LogName const& name) {
    if (anchor.checkpoint.origin != name.origin || !merkle::is_key_name(name.origin))
        return false;
    auto const key = merkle::VerifierKey::make(name.origin, merkle::NoteKeyType::ed25519, name.log_key);
    return !anchor.note || merkle::open_checkpoint(*anchor.note, key, {});
}

Found check_anchor(Anchor const& anchor, LedgerWalk const& walk) {
    auto const& names = walk.log_names();
    if (std::ranges::none_of(names, [&](auto const& name) { return is_of(anchor, name); }))
        return WrongThing{.index = {}, .file = anchor.file, .reason = anchor.not_ours};
    auto const size = anchor.checkpoint.size.number();
    if (size == 0)
        return std::nullopt; // everything extends the empty tree
    // After a change_log that went on from a backup: what was signed later under the name before is lost.
    auto const left = anchor.checkpoint.origin == names.back().origin
                          ? std::string()
                          : fmt::format(", as {}, which the log has left", anchor.checkpoint.origin);
    if (size > walk.audit().size().number())
        return WrongThing{.index = {},
                          .file = anchor.file,
                          .reason = anchor.ends_before,
                          .detail = fmt::format("{} entries were signed{}, {} are there", size, left,
                                                walk.audit().size().number())};
    // Every checkpoint ends at a block entry: at another size none was ever signed for these entries.
    if (walk.root_at(size) != anchor.checkpoint.root)
        return WrongThing{.index = ledger::LeafIndex{size - 1},
                          .file = anchor.file,
                          .reason = anchor.differs,
                          .detail =
                              left.empty() ? left : fmt::format("{} entries were signed{}", size, left)};
    return std::nullopt;
}

Found check_files(store::LedgerDatabase& ledger) {
    auto const verified = ledger.verify_files();
    return verified ? std::nullopt : Found(wrong_store(verified.error(), std::nullopt));
}

std::size_t thread_count(VerifyOptions const& options) {
    auto const cores = std::max<std::size_t>(std::thread::hardware_concurrency(), 1);
    return options.threads == 0 ? cores : options.threads;
}

Found check_anchors(std::vector<Anchor> const& anchors, LedgerWalk const& walk) {
    for (auto const& anchor : anchors)
        if (auto found = check_anchor(anchor, walk))
            return found;
    return std::nullopt;
}

} // namespace

WrongThing wrong_store(store::StoreFault const& fault, std::optional<ledger::LeafIndex> index) {
    return {.index = index,
            .file = fault.place.empty() ? "ledger" : fault.place,
            .reason = VerifyReason::damaged_store,
            .detail = fault.detail};
}

Verification verify_ledger(store::LedgerDatabase& ledger, VerifyOptions const& options) {
    Verification verification;
    std::vector<Anchor> anchors;
    Found wrong_anchor;
    auto const keep = [&](ReadAnchor read) {
        if (read && *read)
            anchors.push_back(**std::move(read));
        else if (!read && !wrong_anchor)
            wrong_anchor = std::move(read).error();
    };
    keep(read_guard(options.guard));
    keep(read_kept(options.kept_checkpoint));
    std::vector<std::uint64_t> marks;
    marks.reserve(anchors.size());
    for (auto const& anchor : anchors)
        marks.push_back(anchor.checkpoint.size.number());

    LedgerWalk walk(ledger, thread_count(options), std::move(marks));
    verification.wrong = walk.run(options.progress);
    verification.size = walk.audit().size().number();
    verification.blocks = walk.audit().block_count();
    verification.entries = verification.size - verification.blocks;
    if (verification.blocks > 0)
        verification.root = walk.audit().head().frontier.root();
    if (!verification.wrong)
        verification.wrong = check_anchors(anchors, walk);
    if (!verification.wrong)
        verification.wrong = std::move(wrong_anchor);
    verification.is_of_removed_node = options.node && walk.was_removed(*options.node);
    if (!verification.wrong) {
        auto const records = verification.is_of_removed_node ? Records::may_lack : Records::complete;
        auto rows = check_rows(ledger, walk.audit(), records);
        verification.wrong = std::move(rows.wrong);
        verification.lacking = rows.lacking;
    }
    if (!verification.wrong)
        verification.wrong = check_files(ledger);
    if (!verification.wrong && !options.map_file.empty())
        verification.wrong = check_map_file(ledger, options.map_file);
    return verification;
}

std::string_view name(VerifyReason reason) {
    switch (reason) {
    case VerifyReason::broken_rule: return "broken_rule";
    case VerifyReason::damaged_store: return "damaged_store";
    case VerifyReason::empty_ledger: return "empty_ledger";
    case VerifyReason::entry_missing: return "entry_missing";
    case VerifyReason::leaf_hash_differs: return "leaf_hash_differs";
    case VerifyReason::tile_differs: return "tile_differs";
    case VerifyReason::stray_tile: return "stray_tile";
    case VerifyReason::block_index_differs: return "block_index_differs";
    case VerifyReason::tip_differs: return "tip_differs";
    case VerifyReason::guard_missing: return "guard_missing";
    case VerifyReason::guard_damaged: return "guard_damaged";
    case VerifyReason::ends_before_guard: return "ends_before_guard";
    case VerifyReason::differs_from_guard: return "differs_from_guard";
    case VerifyReason::checkpoint_refused: return "checkpoint_refused";
    case VerifyReason::ends_before_checkpoint: return "ends_before_checkpoint";
    case VerifyReason::differs_from_checkpoint: return "differs_from_checkpoint";
    case VerifyReason::account_row_differs: return "account_row_differs";
    case VerifyReason::signing_key_row_differs: return "signing_key_row_differs";
    case VerifyReason::nodes_row_differs: return "nodes_row_differs";
    case VerifyReason::policy_row_differs: return "policy_row_differs";
    case VerifyReason::network_row_differs: return "network_row_differs";
    case VerifyReason::side_row_missing: return "side_row_missing";
    case VerifyReason::stray_side_row: return "stray_side_row";
    case VerifyReason::wrong_opening: return "wrong_opening";
    case VerifyReason::wrong_opaque_record: return "wrong_opaque_record";
    case VerifyReason::wrong_vrf_proof: return "wrong_vrf_proof";
    case VerifyReason::map_file_damaged: return "map_file_damaged";
    case VerifyReason::map_file_differs: return "map_file_differs";
    case VerifyReason::key_differs: return "key_differs";
    }
    CHECK_UNREACHABLE();
}

} // namespace bulla::service
