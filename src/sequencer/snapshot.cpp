#include "sequencer/snapshot.hpp"

#include "base/big_endian.hpp"
#include "ledger/state.hpp"

#include <bit>

namespace bulla::sequencer {
namespace {

constexpr std::size_t row_head_size = 6;
constexpr std::uint64_t accounts_step = 1'000'000;

void append_row(base::ByteBuffer& out, store::StateRow const& row) {
    out.push_back(std::to_underlying(row.family));
    out.push_back(static_cast<std::uint8_t>(row.key.size()));
    base::append(out, base::u32be(static_cast<std::uint32_t>(row.value.size())));
    base::append(out, row.key);
    base::append(out, row.value);
}

// Takes the first row off.
std::optional<store::StateRow> take_row(base::ByteView& rest) {
    if (rest.size() < row_head_size)
        return std::nullopt;
    auto const family = static_cast<store::StateFamily>(rest[0]);
    std::size_t const key_size = rest[1];
    std::size_t const value_size = base::load_big_endian<std::uint32_t>(rest.subspan(2));
    auto const body = rest.subspan(row_head_size);
    if (rest[0] < 1 || rest[0] > store::state_families || body.size() < key_size + value_size)
        return std::nullopt;
    rest = body.subspan(key_size + value_size);
    return store::StateRow{
        .family = family, .key = body.first(key_size), .value = body.subspan(key_size, value_size)};
}

} // namespace

ChunkHash SnapshotOffer::chunk_hash(std::size_t number) const {
    return ChunkHash::from(base::ByteView(hashes).subspan(number * ChunkHash::size, ChunkHash::size));
}

bool is_sound(SnapshotOffer const& offer) {
    return offer.height != store::EngineHeight{} && !offer.hashes.empty() &&
           offer.hashes.size() % ChunkHash::size == 0 && offer.chunk_count() <= chunks_max &&
           ledger::decode<ledger::BlockEntry>(offer.block_entry).has_value();
}

bool ChunkCutter::add(store::StateRow const& row) {
    CHECK(row.key.size() <= UINT8_MAX);
    auto const size = row_head_size + row.key.size() + row.value.size();
    if (!chunk_.empty() && chunk_.size() + size > chunk_size_) {
        if (!take_(chunk_))
            return false;
        chunk_.clear();
    }
    append_row(chunk_, row);
    return true;
}

bool ChunkCutter::finish() {
    return take_(chunk_);
}

std::optional<std::vector<store::StateRow>> parse_chunk(base::ByteView chunk) {
    std::vector<store::StateRow> rows;
    while (!chunk.empty()) {
        auto const row = take_row(chunk);
        if (!row)
            return std::nullopt;
        rows.push_back(*row);
    }
    return rows;
}

bool is_snapshot_height(store::EngineHeight height, std::uint64_t every, std::uint64_t accounts) {
    auto const factor = std::bit_ceil(accounts / accounts_step + 1);
    return every != 0 && height.number() != 0 && height.number() % (every * factor) == 0;
}

} // namespace bulla::sequencer
