// Keys and rows of the ledger's database as bytes (docs/formats/store.md), without RocksDB.
//
//   entries        index u64be                       → entry
//   blocks         height u64be                      → index of the block entry u64be
//   tiles          level u8 ‖ number u64be           → hashes[32] …, 1 to 256
//   accounts       label[32]                         → head[82] ‖ CBOR of the state, none when erased
//   signing_keys   kid[32]                           → CBOR of the row
//   network        kind u8 = 1 nodes, 2 policy       → CBOR of the row
//                  kind u8 = 3, 4, 6 ‖ id            → CBOR of the row
//   side           label[32]                         → CBOR of the row
//
// A parser answers nothing for bytes that the encoder here would not print.
#pragma once

#include "base/big_endian.hpp"
#include "store/ledger_database.hpp"

namespace bulla::store {

using NumberKey = std::array<std::uint8_t, 8>;
using TileKey = std::array<std::uint8_t, 9>;

struct TilePlace {
    std::uint8_t level = 0;
    std::uint64_t number = 0;
};

TileKey encode_tile_key(TilePlace place);
std::optional<TilePlace> parse_tile_key(base::ByteView key);
bool is_tile(base::ByteView hashes);

base::ByteBuffer encode_account(ledger::AccountRow const& row);
// Also compares the state with the head's commitment.
std::optional<ledger::AccountRow> parse_account(base::ByteView row);
std::optional<base::ByteView> parse_account_head(base::ByteView row); // of a row; the state is not looked at

base::ByteBuffer encode_network_key(ledger::NetworkRowName const& name);
// Nothing for the rows that have no id.
std::optional<ledger::NetworkRowName> parse_network_key(base::ByteView key);

base::ByteBuffer encode_side_row(SideRow const& row);
std::optional<SideRow> parse_side_row(base::ByteView row);

} // namespace bulla::store
