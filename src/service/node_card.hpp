// What a node's operator hands to the others, so that they add the node or give it other keys: public all of
// it (docs/formats/node-list.md).
//
//   text = "bulla-node-v1:" ‖ base64url of the CBOR of a card
#pragma once

#include "ledger/node_list.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace bulla::service {

struct NodeCard {
    ledger::ListedNode node;
    std::optional<ledger::NewOperator> first_operator; // of a node that is to be added

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.node);
        visitor.optional(1, self.first_operator);
    }
};

std::string print_node_card(NodeCard const& card);
// Spaces around it do not count. Nothing: print_node_card() would not print it.
std::optional<NodeCard> parse_node_card(std::string_view text);

} // namespace bulla::service
