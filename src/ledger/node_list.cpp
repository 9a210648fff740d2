#include "ledger/node_list.hpp"

#include "merkle/note.hpp"

#include <set>

namespace bulla::ledger {
namespace {

// Every Ed25519 key of the list, whatever its use.
std::vector<Ed25519PublicKey> keys_of(NodeList const& list) {
    std::vector keys = {list.log_key};
    for (auto const& [node] : list.nodes) {
        keys.push_back(node.node_key);
        keys.push_back(node.cosigner_key);
        if (node.validator_key)
            keys.push_back(*node.validator_key);
    }
    return keys;
}

} // namespace

Node const* NodeList::find(NodeId const& id) const {
    auto const found =
        std::ranges::find_if(nodes, [&](ListedNode const& listed) { return listed.node.id == id; });
    return found == nodes.end() ? nullptr : &found->node;
}

NodeList make_node_list(NodesRow const& row) {
    NodeList list{.number = row.number, .log_key = row.log_key, .origin = row.origin, .nodes = {}};
    for (auto node : row.nodes) {
        node.sequence = {};
        node.operators.clear();
        node.signing_keys.clear();
        list.nodes.push_back({std::move(node)});
    }
    return list;
}

credential::StatementDigest digest_node_list(NodeList const& list) {
    return credential::statement_digest("bulla/node-list/v1", encode(list));
}

bool is_sound(NodeList const& list) {
    auto const keys = keys_of(list);
    std::set<NodeId> ids;
    for (auto const& [node] : list.nodes)
        ids.insert(node.id);
    return !list.nodes.empty() && list.nodes.size() <= nodes_max && ids.size() == list.nodes.size() &&
           merkle::is_key_name(list.origin) &&
           std::ranges::all_of(keys, [](auto const& key) { return crypto::is_registrable(key); }) &&
           std::set(keys.begin(), keys.end()).size() == keys.size();
}

} // namespace bulla::ledger
