// Opening a chain: what the store says, compared with itself and with the guard.
#include "sequencer/chain.hpp"
#include "sequencer/network_open.hpp"
#include "sequencer/stored_tiles.hpp"

namespace bulla::sequencer {
namespace {

using Kind = ChainFault::Kind;

std::unexpected<ChainFault> fault(Kind kind) {
    return std::unexpected{ChainFault{.kind = kind}};
}
auto const store_fault = [](store::StoreFault from) {
    return ChainFault{.kind = Kind::store, .store = std::move(from)};
};

// The entry stands at its index in the tree of the head.
bool is_in_log(StoredTiles const& tiles, Head const& head, base::ByteView entry, ledger::LeafIndex index) {
    auto const path = merkle::make_inclusion_proof(tiles, index, head.size);
    merkle::Tree const tree{.size = head.size, .root = head.root};
    return path && merkle::check_inclusion(merkle::hash_leaf(entry), index, tree, *path);
}

} // namespace

Result<Chain, ChainFault> Chain::open(store::LedgerDatabase& ledger, Guard guard, LogKeys log_keys,
                                      Opening const& opening) {
    Chain chain(ledger, std::move(guard), std::move(log_keys));
    TRY(chain.load(opening));
    return chain;
}

Result<void, ChainFault> Chain::load(Opening const& opening) {
    auto const tip = TRY(map_fault(ledger_->load_tip(), store_fault));
    auto const size = tip ? ledger::TreeSize{tip->block_index.number() + 1} : ledger::TreeSize{};
    auto const signed_size = guard_.last().size;
    if ((size < signed_size && opening.behind == Behind::refused) || !tip)
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
    head->root = tip_.chain.frontier.root();
    auto const genesis = TRY(map_fault(ledger_->load_entry(ledger::LeafIndex{0}), store_fault));
    head->network = ledger::make_network_id(merkle::hash_leaf(genesis));
    if (!is_in_log(StoredTiles(*ledger_), *head, genesis, ledger::LeafIndex{0}))
        return fault(Kind::wrong_log_root);
    TRY(check_log(*head));
    TRY(load_directory(*head, opening.map_file));
    TRY(load_network_map(*head));
    tip_.chain.network = head->network;
    tip_.chain.height = block->height;
    tip_.chain.block_hash = merkle::hash_leaf(head->block_bytes);
    tip_.chain.time = block->time;
    head->checkpoint = TRY(sign(*head));
    tip_.head = std::move(head);
    return {};
}

Result<void, ChainFault> Chain::check_log(Head const& head) const {
    StoredTiles const tiles(*ledger_);
    auto const root_before = merkle::load_root(tiles, ledger::TreeSize{head.block_index.number()});
    if (!root_before || *root_before != head.block.log_root ||
        !is_in_log(tiles, head, head.block_bytes, head.block_index))
        return fault(Kind::wrong_log_root);
    return {};
}

Result<void, ChainFault> Chain::load_tiles(ledger::TreeSize size) {
    auto hashes = merkle::load_frontier_hashes(StoredTiles(*ledger_), size);
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
    tip_.chain.frontier = *std::move(frontier);
    tip_.tiles = *std::move(writer);
    return {};
}

Result<void, ChainFault> Chain::load_directory(Head& head, std::filesystem::path const& map_file) {
    auto opened = TRY(map_fault(open_directory(*ledger_, head, map_file), store_fault));
    if (!opened)
        return fault(Kind::wrong_directory_root);
    head.directory = std::move(opened->directory);
    directory_origin_ = opened->origin;
    return {};
}

Result<void, ChainFault> Chain::load_network_map(Head& head) const {
    auto opened = TRY(map_fault(open_network(*ledger_, head.block), store_fault));
    if (!opened)
        return fault(Kind::wrong_network_root);
    head.nodes = std::move(opened->nodes);
    head.policy = std::move(opened->policy);
    head.signing_keys = std::move(opened->signing_keys);
    head.network_map = std::move(opened->map);
    return {};
}

} // namespace bulla::sequencer
