// The block being built, with the rows it has changed so far. Part of Chain.
#pragma once

#include "sequencer/chain.hpp"

namespace bulla::sequencer {

struct Chain::Draft {
    explicit Draft(ledger::BlockBuilder block) : builder(std::move(block)) {}

    ledger::BlockBuilder builder;
    store::BlockBatch batch; // rows double as the overlay over the store
    ledger::MapChanges map_changes;
};

// Reads tiles where proofs are made.
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
