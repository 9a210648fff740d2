// Opening a chain: what the store says, compared with itself and with the guard.
#include "sequencer/chain_draft.hpp"

namespace bulla::sequencer {
namespace {

using Kind = ChainFault::Kind;

std::unexpected<ChainFault> fault(Kind kind) {
    return std::unexpected{ChainFault{.kind = kind}};
}
auto const store_fault = [](store::StoreFault fault) { return ChainFault{.kind = Kind::store, .store = std::move(fault)}; };

std::vector<store::TileWrite> tile_writes(std::vector<merkle::Tile> tiles) {
    std::vector<store::TileWrite> writes;
    for (auto& tile : tiles)
        writes.push_back({.level = tile.level, .number = tile.number, .hashes = std::move(tile.hashes)});
    return writes;
}

} // namespace

store::Stored<void> found_chain(store::LedgerDatabase& ledger, ledger::Genesis const& genesis) {
    auto const block = ledger::make_genesis_block(genesis);
    merkle::TileWriter tiles;
    for (auto const& leaf_hash : block.built.leaf_hashes)
        tiles.append(leaf_hash);
    store::BlockBatch batch;
    batch.entries = {block.genesis_bytes, block.built.block_bytes};
    batch.tiles = tile_writes(tiles.take_changed());
    batch.nodes = genesis.nodes;
    batch.policy = genesis.policy;
    return ledger.commit(batch);
}

Chain::Chain(store::LedgerDatabase& ledger, Guard guard, crypto::Ed25519KeyPair const& log_key)
    : ledger_(&ledger), guard_(std::move(guard)), log_key_(&log_key) {}

Result<Chain, ChainFault> Chain::open(store::LedgerDatabase& ledger, Guard guard,
                                      crypto::Ed25519KeyPair const& log_key) {
    Chain chain(ledger, std::move(guard), log_key);
    TRY(chain.load());
    return chain;
}

Result<void, ChainFault> Chain::load() {
    auto const tip = TRY(map_fault(ledger_->load_tip(), store_fault));
    auto const size = tip ? ledger::TreeSize{tip->block_index.number() + 1} : ledger::TreeSize{};
    auto const signed_size = guard_.last().size;
    if (size < signed_size || !tip)
        return std::unexpected{ChainFault{
            .kind = Kind::behind_guard, .ledger_size = size.number(), .guard_size = signed_size.number()}};
    auto head = std::make_shared<Head>();
    head->block_bytes = TRY(map_fault(ledger_->load_entry(tip->block_index), store_fault));
    auto const block = ledger::decode<ledger::BlockEntry>(head->block_bytes);
    if (!block || block->height != tip->height ||
        block->first_index.number() + block->entry_count != tip->block_index.number())
        return fault(Kind::wrong_tip);
    head->block = *block;
    head->block_index = tip->block_index;
    head->size = size;
    TRY(load_tiles(size));
    head->root = chain_.frontier.root();
    auto const genesis = TRY(map_fault(ledger_->load_entry(ledger::LeafIndex{0}), store_fault));
    head->network = ledger::make_network_id(merkle::hash_leaf(genesis));

    StoredTiles const tiles(*ledger_);
    auto const root_before = merkle::load_root(tiles, ledger::TreeSize{tip->block_index.number()});
    auto const path = merkle::make_inclusion_proof(tiles, tip->block_index, size);
    auto const leaf_hash = merkle::hash_leaf(head->block_bytes);
    if (!root_before || *root_before != block->log_root || !path ||
        !merkle::check_inclusion(leaf_hash, tip->block_index, {.size = size, .root = head->root}, *path))
        return fault(Kind::wrong_log_root);

    chain_.network = head->network;
    chain_.height = block->height;
    chain_.block_hash = leaf_hash;
    chain_.time = block->time;
    TRY(load_maps(*head));
    head->checkpoint = TRY(sign(size, head->root));
    head_ = std::move(head);
    return {};
}

Result<void, ChainFault> Chain::load_tiles(ledger::TreeSize size) {
    StoredTiles const tiles(*ledger_);
    auto hashes = merkle::load_frontier_hashes(tiles, size);
    if (!hashes)
        return fault(Kind::wrong_log_root);
    auto frontier = merkle::Frontier::restore(size, *std::move(hashes));
    merkle::TileWriter::NewestTiles newest;
    for (std::uint8_t level = 0; level < merkle::tile_levels; ++level) {
        auto const width = merkle::level_width(size, level);
        if (width % merkle::tile_width_max == 0)
            continue;
        auto tile = TRY(map_fault(ledger_->load_tile(level, width / merkle::tile_width_max), store_fault));
        if (!tile)
            return fault(Kind::wrong_log_root);
        newest[level] = *std::move(tile);
    }
    auto writer = merkle::TileWriter::restore(size, std::move(newest));
    if (!frontier || !writer || frontier->root() != writer->root())
        return fault(Kind::wrong_log_root);
    chain_.frontier = *std::move(frontier);
    tiles_ = *std::move(writer);
    return {};
}

Result<void, ChainFault> Chain::load_maps(Head& head) {
    std::vector<merkle::MapRow> rows;
    TRY(map_fault(ledger_->each_account_head([&](ledger::Label const& label, base::ByteView value) {
        rows.push_back({.key = merkle::map_key(label), .value_hash = merkle::hash_value(value)});
        return true;
    }), store_fault));
    auto directory = merkle::CommittedMap::build(rows);
    if (!directory || merkle::as_directory_root(directory->root()) != head.block.directory_root)
        return fault(Kind::wrong_directory_root);

    head.nodes = std::make_shared<ledger::NodesRow>(TRY(map_fault(ledger_->load_nodes(), store_fault)));
    head.policy = std::make_shared<ledger::PolicyRow>(TRY(map_fault(ledger_->load_policy(), store_fault)));
    std::map<ledger::KeyId, ledger::SigningKeyRow> signing_keys;
    TRY(map_fault(ledger_->each_signing_key([&](ledger::KeyId const& kid, ledger::SigningKeyRow const& row) {
        signing_keys.emplace(kid, row);
        return true;
    }), store_fault));
    rows = {ledger::network_row(*head.nodes), ledger::network_row(*head.policy)};
    for (auto const& [kid, row] : signing_keys)
        rows.push_back(ledger::network_row(kid, row));
    std::ranges::sort(rows, {}, &merkle::MapRow::key);
    auto network = merkle::CommittedMap::build(rows);
    if (!network || merkle::as_network_root(network->root()) != head.block.network_root)
        return fault(Kind::wrong_network_root);
    head.signing_keys = std::make_shared<std::map<ledger::KeyId, ledger::SigningKeyRow>>(std::move(signing_keys));
    head.directory = *std::move(directory);
    head.network_map = *std::move(network);
    return {};
}

Result<std::string, ChainFault> Chain::sign(ledger::TreeSize size, merkle::LogRoot const& root) {
    merkle::Checkpoint const checkpoint{.origin = guard_.last().origin, .size = size, .root = root};
    merkle::HashPath proof;
    if (auto const before = guard_.last().size; before != ledger::TreeSize{} && before < size) {
        auto made = merkle::make_consistency_proof(StoredTiles(*ledger_), before, size);
        if (!made)
            return fault(Kind::wrong_log_root);
        proof = *std::move(made);
    }
    return map_fault(guard_.sign(checkpoint, proof, *log_key_), [](GuardFault guard_fault) {
        return ChainFault{.kind = Kind::guard, .guard = guard_fault};
    });
}

} // namespace bulla::sequencer
