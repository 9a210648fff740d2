#include "service/verify_walk.hpp"

#include <fmt/format.h>

namespace bulla::service {
namespace {

constexpr std::uint64_t progress_step = 256; // entries

WrongThing broken_rule(ledger::AuditFault const& fault) {
    return {.index = fault.index,
            .file = fmt::format("ledger: entry {}", fault.index.number()),
            .reason = VerifyReason::broken_rule,
            .audit = fault};
}

WrongThing wrong_tile(merkle::TileId const& tile, std::uint64_t leaf) {
    return {.index = ledger::LeafIndex{leaf},
            .file = "ledger: " + merkle::tile_path(tile),
            .reason = VerifyReason::tile_differs};
}

// The first entry below a hash of a tile.
std::uint64_t first_leaf(merkle::TileId const& tile, std::uint64_t hash) {
    return (tile.number * merkle::tile_width_max + hash) << (8 * tile.level);
}

// The first hash in which the two differ.
std::uint64_t first_difference(base::ByteView computed, base::ByteView stored) {
    auto const [at, ignored] = std::ranges::mismatch(computed, stored);
    return static_cast<std::uint64_t>(at - computed.begin()) / merkle::NodeHash::size;
}

} // namespace

LedgerWalk::LedgerWalk(store::LedgerDatabase& ledger, std::size_t threads, std::vector<std::uint64_t> marks)
    : ledger_(ledger), crew_(threads), marks_(std::move(marks)) {}

std::optional<merkle::LogRoot> LedgerWalk::root_at(std::uint64_t size) const {
    auto const found = roots_.find(size);
    return found == roots_.end() ? std::nullopt : std::optional(found->second);
}

bool LedgerWalk::was_removed(ledger::NodeId const& node) const {
    return listed_.contains(node) && audit_.state().nodes().find(node) == nullptr;
}

// Of several wrong things the one of the least entry is kept.
void LedgerWalk::note(WrongThing wrong) {
    if (!first_ || wrong.index < first_->index)
        first_ = std::move(wrong);
}

// The hash that the stored level-0 tile has for the entry; nothing when it has none.
std::optional<merkle::LeafHash> LedgerWalk::stored_leaf(ledger::LeafIndex index) {
    auto const place = index.number() % merkle::tile_width_max;
    if (place == 0 || !leaf_tile_) {
        auto tile = ledger_.load_tile(0, index.number() / merkle::tile_width_max);
        if (!tile)
            note(wrong_store(tile.error(), index));
        leaf_tile_ = tile ? std::move(*tile).value_or(base::ByteBuffer()) : base::ByteBuffer();
    }
    auto const offset = place * merkle::LeafHash::size;
    if (leaf_tile_->size() < offset + merkle::LeafHash::size)
        return std::nullopt;
    return merkle::LeafHash::from(base::ByteView(*leaf_tile_).subspan(offset, merkle::LeafHash::size));
}

void LedgerWalk::compare_tile(merkle::Tile const& tile) {
    merkle::TileId const id{.level = tile.level, .number = tile.number, .width = tile.width()};
    auto const stored = ledger_.load_tile(tile.level, tile.number);
    if (!stored)
        return note(wrong_store(stored.error(), ledger::LeafIndex{first_leaf(id, 0)}));
    auto const hashes = stored->value_or(base::ByteBuffer());
    if (hashes != tile.hashes)
        note(wrong_tile(
            id, std::min(first_leaf(id, first_difference(tile.hashes, hashes)), audit_.size().number() - 1)));
}

// A full tile is compared once, the newest one of a level at the end.
void LedgerWalk::compare_full_tiles() {
    for (auto& tile : tiles_.take_changed()) {
        newest_[tile.level].reset();
        if (tile.width() == merkle::tile_width_max)
            compare_tile(tile);
        else
            newest_[tile.level] = std::move(tile);
    }
}

void LedgerWalk::note_nodes() {
    auto const& nodes = audit_.state().nodes();
    if (std::exchange(list_number_, nodes.number) == nodes.number)
        return;
    for (auto const& node : nodes.nodes)
        listed_.insert(node.id);
    LogName name{.origin = nodes.origin, .log_key = nodes.log_key};
    if (log_names_.empty() || log_names_.back() != name)
        log_names_.push_back(std::move(name));
}

void LedgerWalk::after_block() {
    note_nodes();
    auto const& head = audit_.head();
    auto const size = head.frontier.size().number();
    if (std::ranges::find(marks_, size) != marks_.end())
        roots_.emplace(size, head.frontier.root());
    auto const indexed = ledger_.load_block_index(head.height);
    if (!indexed)
        note(wrong_store(indexed.error(), ledger::LeafIndex{size - 1}));
    else if (*indexed != ledger::LeafIndex{size - 1})
        note({.index = ledger::LeafIndex{size - 1},
              .file = fmt::format("ledger: index of block {}", head.height.number()),
              .reason = VerifyReason::block_index_differs});
}

// False ends the walk: nothing that comes later can be the first wrong thing.
bool LedgerWalk::feed(ledger::LeafIndex index, base::ByteView entry) {
    if (index.number() != audit_.size().number())
        return false; // a gap: run() names it
    // First, for the time in a changed block entry would make an honest entry before it look wrong.
    if (stored_leaf(index) != merkle::hash_leaf(entry)) {
        note({.index = index,
              .file = fmt::format("ledger: entry {}", index.number()),
              .reason = VerifyReason::leaf_hash_differs});
        return false;
    }
    auto const blocks_before = audit_.block_count();
    auto checks = audit_.feed(entry);
    if (!checks) {
        note(broken_rule(checks.error()));
        return false;
    }
    tiles_.append(audit_.last_leaf());
    bool const is_block = audit_.block_count() != blocks_before;
    if (!is_block)
        return true;
    crew_.hand_out(*std::move(checks));
    after_block();
    compare_full_tiles();
    return !first_ && !crew_.has_found_a_fault();
}

std::optional<WrongThing> LedgerWalk::find_stray_tile() {
    std::optional<WrongThing> stray;
    auto const size = audit_.size();
    auto const walked = ledger_.each_tile([&](std::uint8_t level, std::uint64_t number,
                                              base::ByteView hashes) {
        auto const width = hashes.size() / merkle::NodeHash::size;
        bool const has_a_width = width > 0 && width <= merkle::tile_width_max;
        merkle::TileId const id{
            .level = level, .number = number, .width = static_cast<std::uint16_t>(has_a_width ? width : 1)};
        if (!has_a_width || !merkle::is_in_tree(id, size))
            stray = WrongThing{
                .index = {}, .file = "ledger: " + merkle::tile_path(id), .reason = VerifyReason::stray_tile};
        return !stray;
    });
    if (!walked)
        return wrong_store(walked.error(), std::nullopt);
    return stray;
}

std::optional<WrongThing> LedgerWalk::check_ends() {
    auto const size = audit_.size().number();
    if (auto const finished = audit_.finish(); !finished)
        return broken_rule(finished.error());
    if (audit_.head().height != tip_->height || tip_->block_index.number() + 1 != size)
        return WrongThing{
            .index = ledger::LeafIndex{size - 1}, .file = "ledger: tip", .reason = VerifyReason::tip_differs};
    for (auto const& tile : newest_)
        if (tile)
            compare_tile(*tile);
    return first_ ? first_ : find_stray_tile();
}

std::optional<WrongThing> LedgerWalk::run(std::function<void(std::uint64_t, std::uint64_t)> const& progress) {
    auto const tip = ledger_.load_tip();
    if (!tip)
        return wrong_store(tip.error(), std::nullopt);
    if (!*tip)
        return WrongThing{.index = {}, .file = "ledger", .reason = VerifyReason::empty_ledger};
    tip_ = **tip;
    auto const size = tip_->block_index.number() + 1;
    auto const walked =
        ledger_.each_entry(ledger::LeafIndex{0}, [&](ledger::LeafIndex index, base::ByteView entry) {
            if (progress && index.number() % progress_step == 0)
                progress(index.number(), size);
            return feed(index, entry);
        });
    if (!walked)
        note(wrong_store(walked.error(), ledger::LeafIndex{audit_.size().number()}));
    if (auto const wrong_signature = crew_.finish())
        note(broken_rule(*wrong_signature));
    if (!first_ && audit_.size().number() < size)
        note({.index = ledger::LeafIndex{audit_.size().number()},
              .file = fmt::format("ledger: entry {}", audit_.size().number()),
              .reason = VerifyReason::entry_missing});
    if (first_)
        return first_;
    auto wrong = check_ends();
    if (!wrong && progress)
        progress(size, size);
    return wrong;
}

} // namespace bulla::service
