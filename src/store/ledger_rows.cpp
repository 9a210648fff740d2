#include "store/ledger_rows.hpp"

#include "ledger/fields.hpp"
#include "merkle/tile.hpp"
#include "opaque/messages.hpp"

namespace bulla::store {
namespace {

bool is_record_or_none(std::optional<base::ByteBuffer> const& record) {
    return !record || record->size() == opaque::OpaqueRecord::size;
}

} // namespace

TileKey encode_tile_key(TilePlace place) {
    TileKey key{};
    key[0] = place.level;
    std::ranges::copy(base::u64be(place.number), key.begin() + 1);
    return key;
}

std::optional<TilePlace> parse_tile_key(base::ByteView key) {
    if (key.size() != sizeof(TileKey) || key[0] >= merkle::tile_levels)
        return std::nullopt;
    return TilePlace{.level = key[0], .number = base::load_big_endian<std::uint64_t>(key.subspan(1))};
}

bool is_tile(base::ByteView hashes) {
    constexpr std::size_t hash_size = merkle::NodeHash::size;
    return !hashes.empty() && hashes.size() % hash_size == 0 &&
           hashes.size() / hash_size <= merkle::tile_width_max;
}

base::ByteBuffer encode_account(ledger::AccountRow const& row) {
    CHECK(row.head.is_erased() == !row.state.has_value());
    auto out = base::to_buffer(row.head.encode());
    if (row.state)
        base::append(out, ledger::encode(*row.state));
    return out;
}

std::optional<base::ByteView> parse_account_head(base::ByteView row) {
    if (row.size() < ledger::AccountHead::encoded_size)
        return std::nullopt;
    return row.first(ledger::AccountHead::encoded_size);
}

std::optional<ledger::AccountRow> parse_account(base::ByteView row) {
    auto const head_bytes = parse_account_head(row);
    if (!head_bytes)
        return std::nullopt;
    auto const head = ledger::AccountHead::parse(*head_bytes);
    auto const state_bytes = row.subspan(head_bytes->size());
    if (!head || head->is_erased() != state_bytes.empty())
        return std::nullopt;
    if (head->is_erased())
        return ledger::AccountRow{.head = *head, .state = std::nullopt};
    auto state = ledger::decode<ledger::AccountState>(state_bytes);
    if (!state || ledger::commit(*state) != head->commitment)
        return std::nullopt;
    return ledger::AccountRow{.head = *head, .state = *std::move(state)};
}

base::ByteBuffer encode_network_key(ledger::NetworkRowName const& name) {
    base::ByteBuffer key = {std::to_underlying(name.kind)};
    base::append(key, name.id);
    return key;
}

std::optional<ledger::NetworkRowName> parse_network_key(base::ByteView key) {
    if (key.size() < 2)
        return std::nullopt;
    return ledger::NetworkRowName{.kind = static_cast<ledger::NetworkRowKind>(key[0]),
                                  .id = base::to_buffer(key.subspan(1))};
}

base::ByteBuffer encode_side_row(SideRow const& row) {
    CHECK(is_record_or_none(row.opaque_record) && is_record_or_none(row.recovering_record));
    return ledger::encode(row);
}

std::optional<SideRow> parse_side_row(base::ByteView row) {
    auto side = ledger::decode<SideRow>(row);
    if (!side || !is_record_or_none(side->opaque_record) || !is_record_or_none(side->recovering_record))
        return std::nullopt;
    return *std::move(side);
}

} // namespace bulla::store
