// The signed list of nodes, and the walk from one list to the next (docs/formats/node-list.md).
//
// A list is {number, log key, origin, nodes with their keys}. Whatever changes one of these needs the node
// keys of more than two thirds of the nodes of the list before it, over SHA-256("bulla/node-list/v1" ‖ CBOR
// of the new list). So who trusts one list can walk to any later one, without the ledger between them.
#pragma once

#include "ledger/network_rows.hpp"

namespace bulla::ledger {

// The part of a node that is signed: `node` without sequence, operators and signing keys.
struct ListedNode {
    Node node;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        Node::listed_fields(visitor, self.node);
    }
    friend bool operator==(ListedNode const&, ListedNode const&) = default;
};

struct NodeList {
    std::uint64_t number = 1;
    Ed25519PublicKey log_key;
    std::string origin;
    std::vector<ListedNode> nodes;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.number);
        visitor.field(1, self.log_key);
        visitor.field(2, self.origin);
        visitor.field(3, self.nodes);
    }
    Node const* find(NodeId const& id) const;
    std::size_t quorum() const { return quorum_of(nodes.size()); }
    friend bool operator==(NodeList const&, NodeList const&) = default;
};

NodeList make_node_list(NodesRow const& row);
credential::StatementDigest digest_node_list(NodeList const& list);

// Keys are points of the prime-order group and stand once in the list, each for its one use; the origin is
// the name of a log; there are 1 to nodes_max nodes, each id once.
bool is_sound(NodeList const& list);

} // namespace bulla::ledger
