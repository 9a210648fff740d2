#include "merkle/tile.hpp"

#include "base/big_endian.hpp"
#include "base/encoding.hpp"

#include <fmt/format.h>

namespace bulla::merkle {
namespace {

constexpr std::string_view bundle_prefix = "tile/entries/";
constexpr std::string_view tile_prefix = "tile/";
constexpr std::uint64_t path_level_max = 63;

std::string number_path(std::uint64_t number) {
    auto path = fmt::format("{:03}", number % 1000);
    for (number /= 1000; number > 0; number /= 1000)
        path = fmt::format("x{:03}/{}", number % 1000, path);
    return path;
}

std::string width_suffix(std::uint16_t width) {
    CHECK(width >= 1 && width <= tile_width_max);
    return width == tile_width_max ? std::string{} : fmt::format(".p/{}", width);
}

// The digits of "x001/x234/067" in a row; what it prints back decides whether the spelling was right.
std::optional<std::uint64_t> parse_number(std::string_view path) {
    std::string digits;
    for (auto const character : path) {
        if (character != 'x' && character != '/')
            digits.push_back(character);
    }
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
    return base::parse_decimal(digits);
}

// "<N>" or "<N>.p/<W>".
std::optional<BundleId> parse_place(std::string_view path) {
    BundleId place;
    if (auto const dot = path.find(".p/"); dot != std::string_view::npos) {
        auto const width = base::parse_decimal(path.substr(dot + 3));
        if (!width || *width < 1 || *width >= tile_width_max)
            return std::nullopt;
        place.width = static_cast<std::uint16_t>(*width);
        path = path.substr(0, dot);
    }
    auto const number = path.empty() ? std::nullopt : parse_number(path);
    if (!number)
        return std::nullopt;
    place.number = *number;
    return place;
}

std::optional<TileResource> parse_resource(std::string_view path) {
    if (path.starts_with(bundle_prefix))
        return parse_place(path.substr(bundle_prefix.size()));
    if (!path.starts_with(tile_prefix))
        return std::nullopt;
    path.remove_prefix(tile_prefix.size());
    auto const slash = path.find('/');
    if (slash == std::string_view::npos)
        return std::nullopt;
    auto const level = base::parse_decimal(path.substr(0, slash));
    auto const place = parse_place(path.substr(slash + 1));
    if (!level || *level > path_level_max || !place)
        return std::nullopt;
    return TileId{.level = static_cast<std::uint8_t>(*level), .number = place->number, .width = place->width};
}

bool is_within(std::uint64_t number, std::uint16_t width, std::uint64_t count) {
    CHECK(width >= 1 && width <= tile_width_max);
    return number < count / tile_width_max ||
           (number == count / tile_width_max && width <= count % tile_width_max);
}

// Calls add(number, width) for each group of 256 that holds one of the places from … to − 1.
template <class Add>
void for_each_group(std::uint64_t from, std::uint64_t to, Add const& add) {
    if (from == to)
        return;
    auto const last = (to - 1) / tile_width_max;
    for (auto number = from / tile_width_max; number <= last; ++number) {
        auto const left = to - number * tile_width_max;
        add(number, static_cast<std::uint16_t>(std::min<std::uint64_t>(left, tile_width_max)));
    }
}

} // namespace

std::string tile_path(TileId const& tile) {
    return fmt::format("tile/{}/{}{}", tile.level, number_path(tile.number), width_suffix(tile.width));
}

std::string tile_path(BundleId const& bundle) {
    return fmt::format("tile/entries/{}{}", number_path(bundle.number), width_suffix(bundle.width));
}

std::optional<TileResource> parse_tile_path(std::string_view path) {
    auto const resource = parse_resource(path);
    if (!resource || path != std::visit([](auto const& id) { return tile_path(id); }, *resource))
        return std::nullopt;
    return resource;
}

std::uint64_t level_width(TreeSize size, std::uint8_t level) {
    return level < tile_levels ? size.number() >> (8 * level) : 0;
}

bool is_in_tree(TileId const& tile, TreeSize size) {
    return is_within(tile.number, tile.width, level_width(size, tile.level));
}

bool is_in_tree(BundleId const& bundle, TreeSize size) {
    return is_within(bundle.number, bundle.width, size.number());
}

std::vector<TileId> tiles_of_growth(TreeSize from, TreeSize to) {
    CHECK(from <= to);
    std::vector<TileId> tiles;
    for (std::uint8_t level = 0; level < tile_levels; ++level) {
        for_each_group(level_width(from, level), level_width(to, level), [&](auto number, auto width) {
            tiles.push_back({.level = level, .number = number, .width = width});
        });
    }
    return tiles;
}

std::vector<BundleId> bundles_of_growth(TreeSize from, TreeSize to) {
    CHECK(from <= to);
    std::vector<BundleId> bundles;
    for_each_group(from.number(), to.number(),
                   [&](auto number, auto width) { bundles.push_back({.number = number, .width = width}); });
    return bundles;
}

base::ByteBuffer encode_bundle(std::vector<base::ByteView> const& entries) {
    base::ByteBuffer bundle;
    for (auto const entry : entries) {
        CHECK(entry.size() <= bundle_entry_size_max);
        base::append(bundle, base::u16be(static_cast<std::uint16_t>(entry.size())));
        base::append(bundle, entry);
    }
    return bundle;
}

std::optional<std::vector<base::ByteView>> parse_bundle(base::ByteView bundle, std::uint16_t width) {
    std::vector<base::ByteView> entries;
    for (std::uint16_t index = 0; index < width; ++index) {
        if (bundle.size() < 2)
            return std::nullopt;
        auto const size = base::load_big_endian<std::uint16_t>(bundle);
        if (bundle.size() - 2 < size)
            return std::nullopt;
        entries.push_back(bundle.subspan(2, size));
        bundle = bundle.subspan(2u + size);
    }
    return bundle.empty() ? std::optional(std::move(entries)) : std::nullopt;
}

} // namespace bulla::merkle
