#include "merkle/map_proof.hpp"

#include "base/big_endian.hpp"

namespace bulla::merkle {
namespace {

constexpr std::uint8_t format_native = 0x01;
constexpr std::size_t header_size = 3;
constexpr std::size_t fixed_size = header_size + MapKey::size + ValueHash::size;
constexpr std::size_t step_size = 1 + MapNodeHash::size;

bool has_increasing_bits(std::vector<MapStep> const& steps) {
    return std::ranges::adjacent_find(steps, std::greater_equal{}, &MapStep::bit) == steps.end();
}

std::optional<std::size_t> parse_depth(base::ByteView bytes) {
    if (bytes.size() < fixed_size || bytes[0] != format_native)
        return std::nullopt;
    std::size_t const depth = base::load_big_endian<std::uint16_t>(bytes.subspan(1));
    if (depth < 1 || depth > map_depth_max || bytes.size() != fixed_size + step_size * depth)
        return std::nullopt;
    return depth;
}

MapNodeHash hash_path(MapKey const& query, MapProof const& map_proof) {
    auto hash = hash_map_leaf(map_proof.leaf_key, map_proof.leaf_value_hash);
    for (auto step = map_proof.steps.rbegin(); step != map_proof.steps.rend(); ++step) {
        hash = bit_of(query, step->bit) == 0 ? hash_map_node(step->bit, hash, step->sibling)
                                             : hash_map_node(step->bit, step->sibling, hash);
    }
    return hash;
}

} // namespace

base::ByteBuffer encode_map_proof(MapProof const& map_proof) {
    auto const depth = map_proof.steps.size();
    CHECK(depth >= 1 && depth <= map_depth_max);
    base::ByteBuffer bytes{format_native};
    bytes.reserve(fixed_size + step_size * depth);
    base::append(bytes, base::u16be(static_cast<std::uint16_t>(depth)));
    for (auto const& step : map_proof.steps)
        bytes.push_back(step.bit);
    for (auto const& step : map_proof.steps)
        base::append(bytes, step.sibling);
    base::append(bytes, map_proof.leaf_key);
    base::append(bytes, map_proof.leaf_value_hash);
    return bytes;
}

Result<MapProof, ProofFault> parse_map_proof(base::ByteView bytes) {
    auto const depth = parse_depth(bytes);
    if (!depth)
        return std::unexpected{ProofFault::malformed};
    auto const bits = bytes.subspan(header_size, *depth);
    auto const siblings = bytes.subspan(header_size + *depth, MapNodeHash::size * *depth);
    MapProof map_proof;
    for (std::size_t index = 0; index < *depth; ++index) {
        auto const sibling = siblings.subspan(MapNodeHash::size * index, MapNodeHash::size);
        map_proof.steps.push_back({.bit = bits[index], .sibling = MapNodeHash::from(sibling)});
    }
    auto const leaf = bytes.last(MapKey::size + ValueHash::size);
    map_proof.leaf_key = MapKey::from(leaf.first(MapKey::size));
    map_proof.leaf_value_hash = ValueHash::from(leaf.subspan(MapKey::size));
    if (!has_increasing_bits(map_proof.steps))
        return std::unexpected{ProofFault::bits_not_increasing};
    return map_proof;
}

// docs/formats/merkle.md, "Checking a map proof", in its order.
Result<MapAnswer, ProofFault> check_map_proof(MapRoot const& root, MapKey const& query,
                                              MapProof const& map_proof) {
    if (map_proof.steps.empty() || map_proof.steps.size() > map_depth_max)
        return std::unexpected{ProofFault::malformed};
    if (!has_increasing_bits(map_proof.steps))
        return std::unexpected{ProofFault::bits_not_increasing};
    if (is_sentinel(query))
        return std::unexpected{ProofFault::sentinel_query};
    auto const lies_on_way = [&](MapStep const& step) {
        return bit_of(map_proof.leaf_key, step.bit) == bit_of(query, step.bit);
    };
    if (!std::ranges::all_of(map_proof.steps, lies_on_way))
        return std::unexpected{ProofFault::wrong_leaf};
    if (MapRoot::from(hash_path(query, map_proof)) != root)
        return std::unexpected{ProofFault::wrong_root};
    // Without this comparison the way of a key that exists would pass as proof of its absence.
    if (map_proof.leaf_key == query)
        return MapAnswer{KeyPresent{map_proof.leaf_value_hash}};
    return MapAnswer{KeyAbsent{}};
}

Result<MapAnswer, ProofFault> check_map_proof(MapRoot const& root, MapKey const& query,
                                              base::ByteView encoded) {
    return check_map_proof(root, query, TRY(parse_map_proof(encoded)));
}

} // namespace bulla::merkle
