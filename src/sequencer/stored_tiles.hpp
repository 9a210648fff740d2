// The ledger's stored tiles as a source of proofs. A fault of the store reads like a missing tile.
#pragma once

#include "merkle/proof.hpp"
#include "store/ledger_database.hpp"

namespace bulla::sequencer {

class StoredTiles final : public merkle::TileSource {
public:
    explicit StoredTiles(store::LedgerDatabase& ledger) : ledger_(ledger) {}
    std::optional<base::ByteBuffer> read_tile(std::uint8_t level, std::uint64_t number) const override {
        auto tile = ledger_.load_tile(level, number);
        return tile ? *std::move(tile) : std::nullopt;
    }

private:
    store::LedgerDatabase& ledger_;
};

} // namespace bulla::sequencer
