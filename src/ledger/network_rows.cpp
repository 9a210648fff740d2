#include "ledger/network_rows.hpp"

#include "crypto/hash.hpp"

namespace bulla::ledger {

merkle::MapKey network_map_key(NetworkRowKind kind, base::ByteView id) {
    std::array<std::uint8_t, 1> const kind_byte = {std::to_underlying(kind)};
    return merkle::MapKey::from(crypto::sha256({base::as_bytes("bulla/network-map/v1"), kind_byte, id}));
}

Node const* NodesRow::find(NodeId const& id) const {
    auto const found = std::ranges::find(nodes, id, &Node::id);
    return found == nodes.end() ? nullptr : &*found;
}

Node* NodesRow::find(NodeId const& id) {
    auto const found = std::ranges::find(nodes, id, &Node::id);
    return found == nodes.end() ? nullptr : &*found;
}

} // namespace bulla::ledger
