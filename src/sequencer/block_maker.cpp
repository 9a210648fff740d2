#include "sequencer/block_maker.hpp"

#include "sequencer/side_rows.hpp"

#include <ranges>

namespace bulla::sequencer {
namespace {

template <class Key, class Row>
std::optional<Row> find(std::map<Key, Row> const& rows, Key const& key) {
    auto const found = rows.find(key);
    if (found == rows.end())
        return std::nullopt;
    // Built in place: a Row that is an optional itself must not become the outer one, or "not changed here"
    // reads as "removed here".
    return std::optional<Row>(std::in_place, found->second);
}

void merge(store::BlockBatch& batch, ledger::ChangeSet const& changes) {
    if (changes.account)
        batch.accounts.insert_or_assign(changes.account->label, changes.account->row);
    if (changes.nodes)
        batch.nodes = changes.nodes;
    if (changes.policy)
        batch.policy = changes.policy;
    for (auto const& [kid, row] : changes.signing_keys)
        batch.signing_keys.insert_or_assign(kid, row);
    for (auto const& [name, value] : changes.rows)
        batch.rows.insert_or_assign(name, value);
}

// The last word of a block on a label; the outer nothing: it has none.
std::optional<std::optional<store::SideRow>> find_written(store::BlockBatch const& batch,
                                                          ledger::Label const& label) {
    for (auto const& write : batch.side_writes | std::views::reverse)
        if (write.label == label)
            return std::optional<std::optional<store::SideRow>>(std::in_place, write.row);
    return std::nullopt;
}

// What the block changes in a head besides maps and sizes.
void apply_rows(Head& head, store::BlockBatch const& batch) {
    if (batch.nodes)
        head.nodes = std::make_shared<ledger::NodesRow>(*batch.nodes);
    if (batch.policy)
        head.policy = std::make_shared<ledger::PolicyRow>(*batch.policy);
    if (batch.signing_keys.empty())
        return;
    auto signing_keys = *head.signing_keys;
    for (auto const& [kid, row] : batch.signing_keys)
        signing_keys.insert_or_assign(kid, row);
    head.signing_keys =
        std::make_shared<std::map<ledger::KeyId, ledger::SigningKeyRow>>(std::move(signing_keys));
}

} // namespace

BlockMaker::Open::Open(Tip const& tip, base::Timestamp time)
    : builder(tip.chain, std::max(time, tip.chain.time)), directory(tip.head->directory),
      network_map(tip.head->network_map) {}

BlockMaker::BlockMaker(store::LedgerDatabase& ledger, Tip durable)
    : ledger_(ledger), tip_(std::move(durable)) {}

store::Stored<ledger::WorkingSet> BlockMaker::load_working_set(ledger::ReadSet const& keys) const {
    std::optional<ledger::AccountRow> account;
    if (keys.account) {
        account = find(open_->batch.accounts, *keys.account);
        if (!account && pending_)
            account = find(pending_->block->batch.accounts, *keys.account);
        if (!account)
            account = TRY(ledger_.load_account(*keys.account));
    }
    ledger::WorkingSet working_set{.place = open_->builder.next_place(),
                                   .nodes = open_->batch.nodes ? *open_->batch.nodes : *tip_.head->nodes,
                                   .policy = open_->batch.policy ? *open_->batch.policy : *tip_.head->policy,
                                   .account = std::move(account)};
    for (auto const& kid : keys.signing_keys) {
        auto row = find(open_->batch.signing_keys, kid);
        if (!row)
            row = find(*tip_.head->signing_keys, kid);
        if (row)
            working_set.signing_keys.emplace(kid, *std::move(row));
    }
    for (auto const& name : keys.rows)
        if (auto value = TRY(load_network_row(name)))
            working_set.rows.emplace(name, *std::move(value));
    return working_set;
}

store::Stored<std::optional<base::ByteBuffer>> BlockMaker::load_network_row(
    ledger::NetworkRowName const& name) const {
    auto changed = find(open_->batch.rows, name);
    if (!changed && pending_)
        changed = find(pending_->block->batch.rows, name);
    if (changed)
        return *std::move(changed);
    return ledger_.load_network_row(name);
}

void BlockMaker::add(Submission submission, ledger::LeafHash const& leaf_hash,
                     ledger::ChangeSet const& changes) {
    open_->builder.append(leaf_hash);
    open_->byte_count += submission.entry.size();
    open_->batch.entries.push_back(std::move(submission.entry));
    std::ranges::move(submission.side_writes, std::back_inserter(open_->batch.side_writes));
    open_->map_changes.add(changes);
    merge(open_->batch, changes);
}

store::Stored<std::optional<store::SideRow>> BlockMaker::load_side_row(ledger::Label const& label) const {
    auto written = find_written(open_->batch, label);
    if (!written && pending_)
        written = find_written(pending_->block->batch, label);
    if (written)
        return *std::move(written);
    return ledger_.load_side_row(label);
}

// What comes with an entry is one record; the account's new state says where it belongs, and which of those
// that stand there go.
store::Stored<void> BlockMaker::settle_side_rows(Submission& submission,
                                                 ledger::ChangeSet const& changes) const {
    if (!changes.account || !changes.account->row.state)
        return {};
    auto const& label = changes.account->label;
    auto const present = TRY(load_side_row(label));
    std::optional<store::SideRow> brought;
    if (!submission.side_writes.empty() && submission.side_writes.back().label == label)
        brought = std::move(submission.side_writes.back().row);
    submission.side_writes.clear();
    auto settled = settle_side_row(present, brought, *changes.account->row.state);
    if (settled && settled != present)
        submission.side_writes.push_back({.label = label, .row = std::move(settled)});
    return {};
}

store::Stored<BlockMaker::Outcome> BlockMaker::execute_in_open(Submission submission, CheckMemory& checks) {
    auto const entry = ledger::decode_entry(submission.entry);
    if (!entry)
        return Outcome{std::unexpect, entry.error()};
    auto const working_set = TRY(load_working_set(ledger::read_set(*entry)));
    auto const planned = ledger::plan(working_set, *entry);
    if (!planned)
        return Outcome{std::unexpect, planned.error()};
    for (auto const& planned_check : planned->checks)
        if (!checks.check(planned_check.check))
            return Outcome{std::unexpect, planned_check.otherwise};
    Receipt receipt{.leaf_hash = entry->leaf_hash,
                    .index = working_set.place.index,
                    .height = tip_.chain.height.next(),
                    .time = working_set.place.time,
                    .head = nullptr};
    if (may_change_records(entry->entry.kind))
        TRY(settle_side_rows(submission, planned->changes));
    add(std::move(submission), entry->leaf_hash, planned->changes); // the working set is not read any more
    return Outcome{std::move(receipt)};
}

store::Stored<BlockMaker::Outcome> BlockMaker::execute(Submission submission, base::Timestamp now,
                                                       CheckMemory& checks) {
    if (!open_)
        open_.emplace(tip_, now);
    auto outcome = execute_in_open(std::move(submission), checks);
    if (entry_count() == 0)
        open_.reset(); // the entry that will open the block brings its own time
    return outcome;
}

// A root is signed soon: no hash that goes into it may be one that a map file merely claims. The last block's
// root vouches for the siblings of a way whose hashes are true.
void BlockMaker::check_believed_hashes() const {
    if (!open_->directory.has_believed_hashes())
        return;
    for (auto const& [label, row] : open_->batch.accounts)
        if (!open_->directory.has_true_path(merkle::map_key(label)))
            store::fatal_store_error({.kind = store::StoreFaultKind::damaged,
                                      .place = "maps/directory",
                                      .detail = "its hashes are not those of the accounts"});
}

void BlockMaker::hash_changes() {
    if (!open_)
        return;
    check_believed_hashes();
    open_->directory = open_->map_changes.apply_to_directory(open_->directory);
    open_->network_map = open_->map_changes.apply_to_network(open_->network_map);
    open_->map_changes = {};
}

MadeBlockPointer BlockMaker::close(std::optional<store::EngineStep> engine) {
    CHECK(!pending_ && entry_count() > 0);
    hash_changes();
    auto made = std::make_shared<MadeBlock>(std::move(open_->batch), tip_);
    auto head = std::make_shared<Head>(*tip_.head);
    head->directory = std::move(open_->directory);
    head->network_map = std::move(open_->network_map);
    apply_rows(*head, made->batch);
    auto built = std::move(open_->builder)
                     .close(merkle::as_directory_root(head->directory.root()),
                            merkle::as_network_root(head->network_map.root()));
    for (auto const& leaf_hash : built.leaf_hashes)
        made->after.tiles.append(leaf_hash);
    CHECK(made->after.tiles.root() == built.head.frontier.root());

    made->batch.height = built.block.height;
    made->batch.first_index = built.block.first_index;
    made->batch.entries.push_back(built.block_bytes);
    made->batch.engine = std::move(engine);
    for (auto& tile : made->after.tiles.take_changed())
        made->batch.tiles.push_back(
            {.level = tile.level, .number = tile.number, .hashes = std::move(tile.hashes)});

    head->block = built.block;
    head->block_bytes = std::move(built.block_bytes);
    head->size = built.head.frontier.size();
    head->block_index = ledger::LeafIndex{head->size.number() - 1};
    head->root = built.head.frontier.root();
    head->checkpoint.clear();
    made->after.head = std::move(head);
    made->after.chain = std::move(built.head);

    pending_ = Pending{.before = std::exchange(tip_, made->after), .block = made};
    open_.reset();
    return made;
}

void BlockMaker::revert() {
    CHECK(pending_.has_value());
    tip_ = std::move(pending_->before);
    pending_.reset();
    open_.reset();
}

} // namespace bulla::sequencer
