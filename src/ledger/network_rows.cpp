#include "ledger/network_rows.hpp"

#include "base/big_endian.hpp"
#include "crypto/hash.hpp"

namespace bulla::ledger {

merkle::MapKey network_map_key(NetworkRowKind kind, base::ByteView id) {
    std::array<std::uint8_t, 1> const kind_byte = {std::to_underlying(kind)};
    return merkle::MapKey::from(crypto::sha256({base::as_bytes("bulla/network-map/v1"), kind_byte, id}));
}

NetworkRowName NetworkRowName::client(ClientId const& id) {
    return {.kind = NetworkRowKind::client, .id = base::to_buffer(id)};
}

NetworkRowName NetworkRowName::role(ClientId const& client, Label const& label, AccountVersion registered,
                                    std::string_view role) {
    return {.kind = NetworkRowKind::role,
            .id = base::concat(client, label, base::u32be(static_cast<std::uint32_t>(registered.number())),
                               crypto::sha256(base::as_bytes(role)))};
}

NetworkRowName NetworkRowName::pending_change(LeafHash const& proposed) {
    return {.kind = NetworkRowKind::pending_change, .id = base::to_buffer(proposed)};
}

base::ByteBuffer role_row() {
    base::CborWriter out;
    out.bytes({});
    return std::move(out).take();
}

bool is_network_row(NetworkRowName const& name, base::ByteView value) {
    switch (name.kind) {
    case NetworkRowKind::client:
        return name.id.size() == ClientId::size && decode<ClientRow>(value).has_value();
    case NetworkRowKind::role:
        return name.id.size() == ClientId::size + Label::size + sizeof(std::uint32_t) + Sha256Digest::size &&
               std::ranges::equal(value, role_row());
    case NetworkRowKind::pending_change:
        return name.id.size() == LeafHash::size && decode<PendingChangeRow>(value).has_value();
    case NetworkRowKind::nodes:
    case NetworkRowKind::policy:
    case NetworkRowKind::signing_key: return false;
    }
    return false; // a number from a disk
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
