#include "sequencer/comet/validators.hpp"

#include "base/encoding.hpp"
#include "crypto/hash.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace bulla::sequencer::comet {
namespace {

constexpr std::size_t address_size = 20;

std::set<ledger::Ed25519PublicKey> keys_of(ledger::NodesRow const& row) {
    std::set<ledger::Ed25519PublicKey> keys;
    for (auto const& node : row.nodes)
        if (node.validator_key)
            keys.insert(*node.validator_key);
    return keys;
}

} // namespace

std::vector<abci::ValidatorUpdate> validator_updates(ledger::NodesRow const& before,
                                                     ledger::NodesRow const& after) {
    auto const old_keys = keys_of(before);
    auto const new_keys = keys_of(after);
    std::vector<abci::ValidatorUpdate> updates;
    if (new_keys.empty())
        return updates;
    std::map<ledger::Ed25519PublicKey, std::int64_t> powers;
    for (auto const& key : old_keys)
        if (!new_keys.contains(key))
            powers.emplace(key, 0);
    for (auto const& key : new_keys)
        if (!old_keys.contains(key))
            powers.emplace(key, validator_power);
    for (auto const& [key, power] : powers) {
        auto& update = updates.emplace_back();
        update.mutable_pub_key()->set_ed25519(std::string(base::as_text(key.view())));
        update.set_power(power);
    }
    return updates;
}

std::optional<ledger::NodeId> find_validator(ledger::NodesRow const& nodes, base::ByteView address) {
    for (auto const& node : nodes.nodes)
        if (node.validator_key) {
            auto const hash = crypto::sha256(node.validator_key->view());
            if (std::ranges::equal(hash.view().first(address_size), address))
                return node.id;
        }
    return std::nullopt;
}

} // namespace bulla::sequencer::comet
