#include "sequencer/log_fill.hpp"

#include "crypto/hash.hpp"

#include <span>

namespace bulla::sequencer {
namespace {

auto const store_fault = [](store::StoreFault const&) { return LogFill::Fault::store; };

} // namespace

Result<void, LogFill::Fault> LogFill::take(base::ByteView entry) {
    tiles_.append(merkle::hash_leaf(entry));
    ++size_;
    if (auto const block = ledger::decode<ledger::BlockEntry>(entry))
        return close(*block, entry);
    if (open_.size() >= ledger::block_entries_max || entry.empty() || entry.size() > ledger::entry_size_max)
        return std::unexpected{Fault::no_ledger};
    open_.push_back(base::to_buffer(entry));
    return {};
}

Result<void, LogFill::Fault> LogFill::close(ledger::BlockEntry const& block, base::ByteView bytes) {
    auto const first = size_ - 1 - open_.size();
    if (open_.empty() || block.height != next_height_ || block.first_index.number() != first ||
        block.entry_count != open_.size())
        return std::unexpected{Fault::no_ledger};
    TRY(write_kept_back());
    next_height_ = next_height_.next();
    store::BlockBatch batch{.height = block.height, .first_index = block.first_index};
    batch.entries = std::exchange(open_, {});
    batch.entries.push_back(base::to_buffer(bytes));
    for (auto& tile : tiles_.take_changed())
        batch.tiles.push_back({.level = tile.level, .number = tile.number, .hashes = std::move(tile.hashes)});
    if (block.height == ledger::BlockHeight{0}) // which stands there
        return {};
    batch.engine = step_of(batch);
    kept_back_ = std::move(batch);
    return {};
}

Result<void, LogFill::Fault> LogFill::write_kept_back() {
    if (kept_back_)
        TRY(map_fault(ledger_.fill_log(*kept_back_), store_fault));
    kept_back_.reset();
    return {};
}

// Every entry but a block's own was a transaction once: handed in again, it gets its receipt here as well.
store::EngineStep LogFill::step_of(store::BlockBatch const& batch) const {
    store::EngineStep step{.height = height_, .results = {}, .taken = {}};
    auto index = batch.first_index;
    for (auto const& entry : std::span(batch.entries).first(batch.entries.size() - 1)) {
        step.results.emplace(
            store::TransactionHash::from(crypto::sha256(entry)),
            store::TransactionResult{.code = 0, .index = index, .engine_height = height_.number()});
        index = index.next();
    }
    return step;
}

Result<void, LogFill::Fault> LogFill::finish() {
    if (!kept_back_ || !open_.empty())
        return std::unexpected{Fault::no_ledger};
    return map_fault(ledger_.commit(*std::exchange(kept_back_, std::nullopt)), store_fault);
}

} // namespace bulla::sequencer
