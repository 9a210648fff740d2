#include "service/network_founding.hpp"

#include "net/node_tls.hpp"

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
    using PeerId = decltype(ledger::Node::p2p_id)::value_type;
    using ChannelKey = decltype(ledger::Node::channel_key)::value_type;
    auto described = make_node(keys);
    described.validator_key = keys.network->validator.public_key();
    described.p2p_id =
        PeerId::from(crypto::sha256({keys.network->p2p.public_key().view()}).view().first(PeerId::size));
    described.channel_key = ChannelKey::from(keys.network->channel.public_key().view());
    if (auto const& tls = keys.network->tls)
        described.tls_key_hash = ledger::Sha256Digest::from(net::hash_tls_key(tls->public_key()).view());
    described.p2p_address = node.engine_address;
    described.https_address = node.message_address;
    return described;
}

} // namespace

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
