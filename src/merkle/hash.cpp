#include "merkle/hash.hpp"

#include "base/big_endian.hpp"
#include "crypto/hash.hpp"

namespace bulla::merkle {
namespace {

// RFC 6962 §2.1. A leaf and a node of the log differ in this byte, of the maps in this byte and their length.
constexpr std::array<std::uint8_t, 1> leaf_prefix{0x00};
constexpr std::array<std::uint8_t, 1> node_prefix{0x01};

} // namespace

LeafHash hash_leaf(base::ByteView entry) {
    return LeafHash::from(crypto::sha256({leaf_prefix, entry}));
}

NodeHash hash_node(NodeHash const& left, NodeHash const& right) {
    return NodeHash::from(crypto::sha256({node_prefix, left, right}));
}

LogRoot empty_root() {
    return LogRoot::from(crypto::sha256(base::ByteView{}));
}

ValueHash hash_value(base::ByteView value) {
    return ValueHash::from(crypto::sha256(value));
}

MapNodeHash hash_map_leaf(MapKey const& row_key, ValueHash const& value_hash) {
    return MapNodeHash::from(crypto::sha256({leaf_prefix, row_key, value_hash}));
}

MapNodeHash hash_map_node(std::uint8_t bit, MapNodeHash const& left, MapNodeHash const& right) {
    return MapNodeHash::from(crypto::sha256({node_prefix, base::u16be(bit), left, right}));
}

MapKey sentinel_low() {
    return MapKey{};
}

MapKey sentinel_high() {
    MapKey row_key;
    std::ranges::fill(row_key.writable(), std::uint8_t{0xff});
    return row_key;
}

ValueHash sentinel_value_hash() {
    static ValueHash const value_hash = hash_value(std::array<std::uint8_t, 1>{0x00});
    return value_hash;
}

bool is_sentinel(MapKey const& row_key) {
    return row_key == sentinel_low() || row_key == sentinel_high();
}

} // namespace bulla::merkle
