#include "sequencer/chain.hpp"

#include "net/stopwatch.hpp"
#include "sequencer/stored_tiles.hpp"

#include <fmt/core.h>

#include <cstdio>
#include <cstdlib>

namespace bulla::sequencer {
namespace {

using Kind = ChainFault::Kind;

std::unexpected<ChainFault> fault(Kind kind) {
    return std::unexpected{ChainFault{.kind = kind}};
}

} // namespace

std::string_view name(ChainFault::Kind kind) {
    switch (kind) {
    case Kind::store: return "store";
    case Kind::guard: return "guard";
    case Kind::behind_guard: return "behind_guard";
    case Kind::wrong_tip: return "wrong_tip";
    case Kind::wrong_log_root: return "wrong_log_root";
    case Kind::wrong_directory_root: return "wrong_directory_root";
    case Kind::wrong_network_root: return "wrong_network_root";
    }
    CHECK_UNREACHABLE();
}

bool is_full_disk(ChainFault const& fault) {
    return fault.kind == Kind::store && fault.store && fault.store->kind == store::StoreFaultKind::no_space;
}

[[noreturn]] void end_process(ChainFault const& fault) {
    auto message = fmt::format("bulla: the ledger cannot go on: {}", name(fault.kind));
    if (fault.guard)
        message += fmt::format(" ({})", name(*fault.guard));
    if (fault.store)
        message += fmt::format(" ({}: {})", fault.store->place, fault.store->detail);
    std::fputs((message + "\n").c_str(), stderr);
    std::abort();
}

store::Stored<void> found_chain(store::LedgerDatabase& ledger, ledger::Genesis const& genesis) {
    auto const block = ledger::make_genesis_block(genesis);
    merkle::TileWriter tiles;
    for (auto const& leaf_hash : block.built.leaf_hashes)
        tiles.append(leaf_hash);
    store::BlockBatch batch;
    batch.entries = {block.genesis_bytes, block.built.block_bytes};
    for (auto& tile : tiles.take_changed())
        batch.tiles.push_back({.level = tile.level, .number = tile.number, .hashes = std::move(tile.hashes)});
    batch.nodes = genesis.nodes;
    batch.policy = genesis.policy;
    return ledger.commit(batch);
}

crypto::Ed25519KeyPair const* LogKeys::find(ledger::Ed25519PublicKey const& public_key) const {
    for (auto const* const key : keys_)
        if (key->public_key() == public_key)
            return key;
    return nullptr;
}

Chain::Chain(store::LedgerDatabase& ledger, Guard guard, LogKeys log_keys)
    : ledger_(&ledger), guard_(std::move(guard)), log_keys_(std::move(log_keys)) {}

Result<HeadPointer, ChainFault> Chain::commit(MadeBlock const& block) {
    CHECK(block.batch.height == tip_.chain.height.next());
    net::Stopwatch const of_block;
    TRY(map_fault(ledger_->commit(block.batch), [](store::StoreFault store_fault) {
        return ChainFault{.kind = Kind::store, .store = std::move(store_fault)};
    }));
    times_->block.record(of_block.elapsed());
    auto head = std::make_shared<Head>(*block.after.head);
    net::Stopwatch const of_guard;
    head->checkpoint = TRY(sign(*head));
    times_->guard.record(of_guard.elapsed());
    tip_ = block.after;
    tip_.head = std::move(head);
    return tip_.head;
}

Result<std::string, ChainFault> Chain::sign(Head const& head) {
    auto const size = head.size;
    StoredTiles const tiles(*ledger_);
    auto const stored_root = merkle::load_root(tiles, size);
    if (!stored_root || *stored_root != head.root)
        return fault(Kind::wrong_log_root);
    auto const* const key = log_keys_.find(head.nodes->log_key);
    if (size < guard_.last().size || key == nullptr)
        return std::string{};
    merkle::Checkpoint const checkpoint{.origin = head.nodes->origin, .size = size, .root = head.root};
    merkle::HashPath proof;
    if (auto const before = guard_.last().size; before != ledger::TreeSize{} && before < size) {
        auto made = merkle::make_consistency_proof(tiles, before, size);
        if (!made)
            return fault(Kind::wrong_log_root);
        proof = *std::move(made);
    }
    return map_fault(guard_.sign(checkpoint, proof, *key), [](GuardFault guard_fault) {
        return ChainFault{.kind = Kind::guard, .guard = guard_fault};
    });
}

} // namespace bulla::sequencer
