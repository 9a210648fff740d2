#include "service/network_founding.hpp"

#include "service/node_description.hpp"

namespace bulla::service {
namespace {

auto const key_fault = [](KeyFault const& from) {
    return FoundingFault{.kind = FoundingFaultKind::key, .place = from.file, .key = from};
};

Result<KeyDirectory, FoundingFault> make_key_directory(DataPaths const& paths, base::Randomness& randomness) {
    TRY(make_data_directory(paths.data));
    TRY(make_data_directory(paths.keys()));
    return map_fault(KeyDirectory::found(paths.keys(), std::nullopt, randomness), key_fault);
}

// The first node makes what all share; the others copy it.
Result<std::vector<NodeKeys>, FoundingFault> make_all_keys(std::vector<NewNode> const& nodes,
                                                           base::Randomness& randomness) {
    std::vector<NodeKeys> keys;
    for (auto const& node : nodes) {
        auto directory = TRY(make_key_directory({node.data}, randomness));
        if (keys.empty())
            TRY(map_fault(make_keys(directory, randomness), key_fault));
        else
            TRY(map_fault(copy_shared_keys(keys.front().directory, directory, randomness), key_fault));
        TRY(map_fault(make_network_keys(directory, randomness), key_fault));
        keys.push_back(TRY(map_fault(load_keys(std::move(directory)), key_fault)));
    }
    return keys;
}

ledger::Node describe_node(NewNode const& node, NodeKeys const& keys) {
    auto described = make_node(keys);
    describe_keys(described, *keys.network);
    described.p2p_address = node.engine_address;
    described.https_address = node.message_address;
    return described;
}

} // namespace

Result<NodeCard, FoundingFault> found_node(NewNode const& node, Passphrase const& passphrase,
                                           base::Randomness& randomness) {
    DataPaths const paths{node.data};
    TRY(make_data_directory(paths.data));
    TRY(make_data_directory(paths.keys()));
    auto const directory =
        TRY(map_fault(KeyDirectory::found(paths.keys(), passphrase, randomness), key_fault));
    TRY(map_fault(make_own_keys(directory, randomness), key_fault));
    auto const keys = TRY(map_fault(load_own_keys(directory), key_fault));
    NodeCard card;
    card.node.node = {.id = ledger::make_node_id(keys.node_key.public_key()),
                      .node_key = keys.node_key.public_key(),
                      .cosigner_key = keys.cosigner_key.public_key(),
                      .sequence = {},
                      .operators = {},
                      .signing_keys = {}};
    describe_keys(card.node.node, keys.network);
    card.node.node.p2p_address = node.engine_address;
    card.node.node.https_address = node.message_address;
    card.first_operator = {.kind = ledger::CredentialKind::device_key,
                           .public_key = credential::PublicKey(keys.operator_key.public_key())};
    return card;
}

Result<NodeCard, FoundingFault> plan_rotation(ledger::ListedNode const& present,
                                              KeyDirectory const& directory,
                                              std::vector<std::string> const& names,
                                              base::Randomness& randomness) {
    for (auto const& name : names)
        TRY(map_fault(make_next_key(directory, name, randomness), key_fault));
    auto const next = TRY(map_fault(load_next_keys(directory), key_fault));
    NodeCard card{.node = present, .first_operator = std::nullopt};
    describe_next_keys(card.node.node, next);
    return card;
}

Result<ledger::NetworkId, FoundingFault> found_network(std::vector<NewNode> const& nodes,
                                                       Settings const& settings, base::Timestamp time,
                                                       base::Randomness& randomness) {
    auto const keys = TRY(make_all_keys(nodes, randomness));
    std::vector<ledger::Node> described;
    described.reserve(nodes.size());
    for (std::size_t index = 0; index < nodes.size(); ++index)
        described.push_back(describe_node(nodes[index], keys[index]));
    auto genesis = make_genesis(settings, keys.front(), std::move(described), time);
    for (auto const& node : nodes)
        if (std::ranges::find(genesis.policy.origins, node.origin) == genesis.policy.origins.end())
            genesis.policy.origins.push_back(node.origin);
    for (auto const& node : nodes)
        TRY(found_ledger({node.data}, genesis));
    return ledger::make_network_id(merkle::hash_leaf(ledger::encode(genesis)));
}

} // namespace bulla::service
