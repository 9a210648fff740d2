// Map files: a committed map's rows and inner hashes for a quick start (docs/formats/merkle.md, "Map file").
//
//   "bulla/map-snapshot/v1" LF
//   u64be height ‖ leaf hash[32]     of the block entry after which the map stood so
//   root[32] ‖ u64be count
//   row[64] · count                  key ‖ value hash, strictly ascending, no sentinel
//   hash[32] · (count + 1)           of the inner nodes, in pre-order
//   checksum[32]                     SHA-256 of the SHA-256 of each mebibyte before it
//
// About 96 bytes a row. A cache: what is missing or refused is built again from the store's rows. The
// checksum finds accidents, not lies: compare the root with a block entry, and run has_true_hashes() beside
// the first answers, checking each proof before it leaves meanwhile.
#pragma once

#include "merkle/committed_map.hpp"

namespace bulla::merkle {

struct MapFilePlace {
    std::uint64_t height = 0; // of the block
    LeafHash block;           // leaf hash of its block entry
    friend bool operator==(MapFilePlace const&, MapFilePlace const&) = default;
};

std::uint64_t map_file_size(std::size_t rows); // bytes

// Calls `write` with the file's bytes in order, a mebibyte at most at once.
void write_map_file(CommittedMap const& map, MapFilePlace const& place,
                    std::function<void(base::ByteView)> const& write);

struct MapFile {
    MapFilePlace place;
    CommittedMap map; // its hashes are believed
};

enum class MapFileFault : std::uint8_t {
    malformed, // not of this form, or of another length than its count says
    wrong_checksum,
    wrong_rows, // out of order, or a sentinel among them
    wrong_root, // the root named is not that of the top hash
};

// The bytes may be a mapped file: they are read once and not kept.
Result<MapFile, MapFileFault> parse_map_file_unverified(base::ByteView bytes);

} // namespace bulla::merkle
