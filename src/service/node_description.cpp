#include "service/node_description.hpp"

#include "net/node_tls.hpp"

namespace bulla::service {
namespace {

using PeerId = decltype(ledger::Node::p2p_id)::value_type;
using ChannelKey = decltype(ledger::Node::channel_key)::value_type;

PeerId peer_id_of(crypto::Ed25519KeyPair const& key) {
    return PeerId::from(crypto::sha256({key.public_key().view()}).view().first(PeerId::size));
}
ChannelKey channel_key_of(crypto::ChannelKeyPair const& key) {
    return ChannelKey::from(key.public_key().view());
}
ledger::Sha256Digest tls_key_hash_of(crypto::Ed25519KeyPair const& key) {
    return ledger::Sha256Digest::from(net::hash_tls_key(key.public_key()).view());
}

} // namespace

void describe_keys(ledger::Node& node, NetworkNodeKeys const& keys) {
    node.validator_key = keys.validator.public_key();
    node.p2p_id = peer_id_of(keys.p2p);
    node.channel_key = channel_key_of(keys.channel);
    node.tls_key_hash = keys.tls ? std::optional(tls_key_hash_of(*keys.tls)) : std::nullopt;
}

void describe_next_keys(ledger::Node& node, NextKeys const& keys) {
    if (keys.validator)
        node.validator_key = keys.validator->public_key();
    if (keys.p2p)
        node.p2p_id = peer_id_of(*keys.p2p);
    if (keys.channel)
        node.channel_key = channel_key_of(*keys.channel);
    if (keys.tls)
        node.tls_key_hash = tls_key_hash_of(*keys.tls);
    if (keys.cosigner)
        node.cosigner_key = keys.cosigner->public_key();
}

std::vector<KeyFit> fit_keys(ledger::Node const& listed, NodeKeys const& keys, NextKeys const& next) {
    ledger::Node present;
    present.cosigner_key = keys.cosigner_key.public_key();
    if (keys.network)
        describe_keys(present, *keys.network);
    ledger::Node coming;
    describe_next_keys(coming, next);
    auto const fit = [&](std::string_view name, auto ledger::Node::* member, auto const& next_key) {
        return KeyFit{.name = name,
                      .is_present = present.*member == listed.*member,
                      .is_next = next_key && coming.*member == listed.*member};
    };
    return {fit("validator", &ledger::Node::validator_key, next.validator),
            fit("p2p", &ledger::Node::p2p_id, next.p2p),
            fit("channel", &ledger::Node::channel_key, next.channel),
            fit("tls", &ledger::Node::tls_key_hash, next.tls),
            fit("cosigner", &ledger::Node::cosigner_key, next.cosigner)};
}

} // namespace bulla::service
