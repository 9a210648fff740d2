#include "sequencer/network_open.hpp"

#include "ledger/state.hpp"

namespace bulla::sequencer {

store::Stored<std::optional<OpenedNetwork>> open_network(store::LedgerDatabase& ledger,
                                                         ledger::BlockEntry const& block) {
    OpenedNetwork opened;
    opened.nodes = std::make_shared<ledger::NodesRow>(TRY(ledger.load_nodes()));
    opened.policy = std::make_shared<ledger::PolicyRow>(TRY(ledger.load_policy()));
    std::map<ledger::KeyId, ledger::SigningKeyRow> signing_keys;
    std::vector rows = {ledger::network_row(*opened.nodes), ledger::network_row(*opened.policy)};
    TRY(ledger.each_signing_key([&](ledger::KeyId const& kid, ledger::SigningKeyRow const& row) {
        rows.push_back(ledger::network_row(kid, row));
        signing_keys.emplace(kid, row);
        return true;
    }));
    TRY(ledger.each_network_row([&](ledger::NetworkRowName const& name, base::ByteView value) {
        rows.push_back(ledger::network_row(name, value));
        return true;
    }));
    std::ranges::sort(rows, {}, &merkle::MapRow::key);
    auto map = merkle::CommittedMap::build(rows);
    if (!map || merkle::as_network_root(map->root()) != block.network_root)
        return std::nullopt;
    opened.signing_keys =
        std::make_shared<std::map<ledger::KeyId, ledger::SigningKeyRow>>(std::move(signing_keys));
    opened.map = *std::move(map);
    return opened;
}

} // namespace bulla::sequencer
