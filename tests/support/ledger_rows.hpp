// The rows of a ledger's database as plain values, and what a commit does to them.
#pragma once

#include "store/ledger_database.hpp"

#include <map>

namespace bulla::test {

struct LedgerRows {
    std::optional<store::Tip> tip;
    std::map<std::uint64_t, base::ByteBuffer> entries;
    std::map<std::uint64_t, ledger::LeafIndex> blocks; // height to index of the block entry
    std::map<std::pair<std::uint8_t, std::uint64_t>, base::ByteBuffer> tiles;
    std::map<ledger::Label, ledger::AccountRow> accounts;
    std::map<ledger::KeyId, ledger::SigningKeyRow> signing_keys;
    std::map<ledger::NetworkRowName, base::ByteBuffer> network_rows;
    std::map<ledger::Label, store::SideRow> side_rows;
    std::optional<ledger::NodesRow> nodes;
    std::optional<ledger::PolicyRow> policy;
    store::EngineHeight engine_height;
    std::map<store::TransactionHash, store::TransactionResult> results;
    std::map<store::KeptKey, store::KeptWrites> kept;

    void apply(store::EngineStep const& step) {
        engine_height = step.height;
        for (auto const& [hash, result] : step.results) {
            if (result.index)
                results.insert_or_assign(hash, result);
            else
                results.emplace(hash, result);
        }
        for (auto const& key : step.taken)
            kept.erase(key);
    }
    void apply(store::SideWrite const& write) {
        side_rows.erase(write.label);
        if (write.row)
            side_rows.emplace(write.label, *write.row);
    }
    void apply(store::BlockBatch const& batch) {
        auto index = batch.first_index.number();
        CHECK(index == (tip ? tip->block_index.number() + 1 : 0));
        CHECK(batch.height.number() == blocks.size());
        for (auto const& entry : batch.entries)
            entries.emplace(index++, entry);
        tip = store::Tip{.height = batch.height, .block_index = ledger::LeafIndex{index - 1}};
        blocks[batch.height.number()] = tip->block_index;
        for (auto const& tile : batch.tiles)
            tiles[{tile.level, tile.number}] = tile.hashes;
        for (auto const& [label, row] : batch.accounts)
            accounts.insert_or_assign(label, row);
        for (auto const& [kid, row] : batch.signing_keys)
            signing_keys.insert_or_assign(kid, row);
        for (auto const& [name, value] : batch.rows) {
            network_rows.erase(name);
            if (value)
                network_rows.emplace(name, *value);
        }
        nodes = batch.nodes ? batch.nodes : nodes;
        policy = batch.policy ? batch.policy : policy;
        for (auto const& write : batch.side_writes)
            apply(write);
        if (batch.engine)
            apply(*batch.engine);
    }
};

template <class Map>
std::optional<typename Map::mapped_type> find(Map const& map, typename Map::key_type const& key) {
    auto const place = map.find(key);
    return place == map.end() ? std::nullopt : std::optional(place->second);
}
template <class T>
store::Stored<T> present(std::optional<T> row) {
    if (!row)
        return std::unexpected{store::StoreFault{store::StoreFaultKind::damaged, "memory", "missing"}};
    return *std::move(row);
}
template <class Map>
store::Stored<typename Map::mapped_type> found(Map const& map, typename Map::key_type const& key) {
    return present(find(map, key));
}
template <class Map, class Visit>
store::Stored<void> each(Map const& map, Visit const& visit) {
    for (auto const& [key, value] : map)
        if (!visit(key, value))
            break;
    return {};
}

} // namespace bulla::test
