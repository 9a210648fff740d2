// Tiles: how the log is stored and served (c2sp.org/tlog-tiles), and their only accepted path spellings.
//
//   tile/<L>/<N>            256 hashes of level L, 8,192 bytes        L: decimal, 0 … 63
//   tile/<L>/<N>.p/<W>      the first W of them, 32·W bytes           W: decimal, 1 … 255
//   tile/entries/<N>[.p/W]  entry bundle: 256 or W times u16be(length) ‖ entry
//   <N>                     groups of three digits, all but the last prefixed by x: 1234067 is x001/x234/067
//
// Hash i of tile N at level L covers the entries [(256·N + i)·256^L, (256·N + i + 1)·256^L). Levels above 7
// cannot hold a hash, as sizes have 64 bits.
#pragma once

#include "merkle/hash.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace bulla::merkle {

inline constexpr std::uint16_t tile_width_max = 256;
inline constexpr std::uint8_t tile_levels = 8;
inline constexpr std::size_t bundle_entry_size_max = 65'535;

struct TileId {
    std::uint8_t level = 0;
    std::uint64_t number = 0;
    std::uint16_t width = tile_width_max; // 1 … 256; 256 is a full tile
    friend bool operator==(TileId const&, TileId const&) = default;
};

struct BundleId {
    std::uint64_t number = 0;
    std::uint16_t width = tile_width_max;
    friend bool operator==(BundleId const&, BundleId const&) = default;
};

using TileResource = std::variant<TileId, BundleId>;

std::string tile_path(TileId const& tile);
std::string tile_path(BundleId const& bundle);
// Exactly what tile_path prints; nothing for every other spelling, and for a number beyond 64 bits.
std::optional<TileResource> parse_tile_path(std::string_view path);

// How many hashes level holds in a tree of this size: ⌊size / 256^level⌋.
std::uint64_t level_width(TreeSize size, std::uint8_t level);
// The tree of this size implies every hash of the tile (or entry of the bundle).
bool is_in_tree(TileId const& tile, TreeSize size);
bool is_in_tree(BundleId const& bundle, TreeSize size);

// The tiles with a hash, the bundles with an entry, that the tree of size `to` has and that of size `from`
// has not; at the width of `to`, ascending by level and number. from ≤ to.
std::vector<TileId> tiles_of_growth(TreeSize from, TreeSize to);
std::vector<BundleId> bundles_of_growth(TreeSize from, TreeSize to);

// Each entry at most 65,535 bytes.
base::ByteBuffer encode_bundle(std::vector<base::ByteView> const& entries);
// The entries as views into the bundle; nothing unless it holds exactly `width` entries and no byte more.
std::optional<std::vector<base::ByteView>> parse_bundle(base::ByteView bundle, std::uint16_t width);

} // namespace bulla::merkle
