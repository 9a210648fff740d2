#include "sequencer/chain.hpp"

#include "sequencer/chain_draft.hpp"

namespace bulla::sequencer {
namespace {

using Kind = ChainFault::Kind;
auto const store_fault = [](store::StoreFault fault) { return ChainFault{.kind = Kind::store, .store = std::move(fault)}; };

// The newest row of a key: the block's own, else the store's.
template <class Key, class Row, class Load>
Result<std::optional<Row>, ChainFault> newest(std::map<Key, Row> const& overlay, Key const& key, Load&& load) {
    if (auto const found = overlay.find(key); found != overlay.end())
        return std::optional(found->second);
    return map_fault(load(key), store_fault);
}

void merge(store::BlockBatch& batch, ledger::ChangeSet const& changes) {
    if (changes.account)
        batch.accounts.insert_or_assign(changes.account->label, changes.account->row);
    if (changes.nodes)
        batch.nodes = changes.nodes;
    if (changes.signing_key)
        batch.signing_keys.insert_or_assign(changes.signing_key->kid, changes.signing_key->row);
}

} // namespace

Result<ledger::WorkingSet, ChainFault> Chain::load_working_set(Draft const& draft, ledger::ReadSet const& keys) const {
    std::optional<ledger::AccountRow> account;
    if (keys.account)
        account = TRY(newest(draft.batch.accounts, *keys.account,
                             [&](ledger::Label const& label) { return ledger_->load_account(label); }));
    std::optional<ledger::SigningKeyRow> signing_key;
    if (keys.signing_key)
        signing_key = TRY(newest(draft.batch.signing_keys, *keys.signing_key,
                                 [&](ledger::KeyId const& kid) { return ledger_->load_signing_key(kid); }));
    return ledger::WorkingSet{.place = draft.builder.next_place(),
                              .nodes = draft.batch.nodes ? *draft.batch.nodes : *head_->nodes,
                              .policy = *head_->policy,
                              .account = std::move(account),
                              .signing_key = std::move(signing_key)};
}

Result<Chain::Outcome, ChainFault> Chain::execute_one(Draft& draft, Submission const& submission,
                                                      CheckMemory& checks) {
    auto const entry = ledger::decode_entry(submission.entry);
    if (!entry)
        return Outcome{std::unexpect, entry.error()};
    auto const working_set = TRY(load_working_set(draft, ledger::read_set(*entry)));
    auto const planned = ledger::plan(working_set, *entry);
    if (!planned)
        return Outcome{std::unexpect, planned.error()};
    for (auto const& planned_check : planned->checks)
        if (!checks.check(planned_check.check))
            return Outcome{std::unexpect, planned_check.otherwise};

    Receipt receipt{.leaf_hash = entry->leaf_hash,
                    .index = working_set.place.index,
                    .height = head_->block.height.next(),
                    .time = working_set.place.time,
                    .head = nullptr};
    draft.builder.append(entry->leaf_hash);
    draft.batch.entries.push_back(submission.entry);
    draft.batch.side_writes.insert(draft.batch.side_writes.end(), submission.side_writes.begin(),
                                   submission.side_writes.end());
    draft.map_changes.add(planned->changes);
    merge(draft.batch, planned->changes); // last: the working set refers to the draft's rows
    return Outcome{std::move(receipt)};
}

Result<Chain::Extended, ChainFault> Chain::extend(std::span<Submission const> submissions, base::Timestamp now,
                                                  CheckMemory& checks) {
    Draft draft(ledger::BlockBuilder(chain_, std::max(now, chain_.time)));
    Extended extended;
    for (auto const& submission : submissions)
        extended.outcomes.push_back(TRY(execute_one(draft, submission, checks)));
    if (draft.builder.entry_count() > 0)
        head_ = TRY(commit(std::move(draft)));
    extended.head = head_;
    for (auto& outcome : extended.outcomes)
        if (outcome)
            outcome->head = head_;
    return extended;
}

Result<HeadPointer, ChainFault> Chain::commit(Draft draft) {
    auto head = std::make_shared<Head>(*head_);
    head->directory = draft.map_changes.apply_to_directory(head_->directory);
    head->network_map = draft.map_changes.apply_to_network(head_->network_map);
    auto built = std::move(draft.builder)
                     .close(merkle::as_directory_root(head->directory.root()),
                            merkle::as_network_root(head->network_map.root()));
    auto tiles = tiles_;
    for (auto const& leaf_hash : built.leaf_hashes)
        tiles.append(leaf_hash);
    if (tiles.root() != built.head.frontier.root())
        return std::unexpected{ChainFault{.kind = Kind::wrong_log_root}};

    auto& batch = draft.batch;
    batch.height = built.block.height;
    batch.first_index = built.block.first_index;
    batch.entries.push_back(built.block_bytes);
    for (auto& tile : tiles.take_changed())
        batch.tiles.push_back({.level = tile.level, .number = tile.number, .hashes = std::move(tile.hashes)});
    TRY(map_fault(ledger_->commit(batch), store_fault));

    head->block = built.block;
    head->block_bytes = std::move(built.block_bytes);
    head->block_index = ledger::LeafIndex{built.head.frontier.size().number() - 1};
    head->size = built.head.frontier.size();
    head->root = built.head.frontier.root();
    if (batch.nodes)
        head->nodes = std::make_shared<ledger::NodesRow>(*std::move(batch.nodes));
    if (!batch.signing_keys.empty()) {
        auto signing_keys = *head->signing_keys;
        for (auto& [kid, row] : batch.signing_keys)
            signing_keys.insert_or_assign(kid, std::move(row));
        head->signing_keys = std::make_shared<std::map<ledger::KeyId, ledger::SigningKeyRow>>(std::move(signing_keys));
    }
    head->checkpoint = TRY(sign(head->size, head->root));
    chain_ = std::move(built.head);
    tiles_ = std::move(tiles);
    return head;
}

} // namespace bulla::sequencer
