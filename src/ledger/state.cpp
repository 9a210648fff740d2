#include "ledger/state.hpp"

namespace bulla::ledger {
namespace {

template <class ValueHash>
merkle::CommittedMap apply(std::map<merkle::MapKey, ValueHash> const& rows,
                           merkle::CommittedMap const& before) {
    std::vector<merkle::MapChange> changes;
    changes.reserve(rows.size());
    for (auto const& [key, value_hash] : rows)
        changes.push_back({.key = key, .value_hash = value_hash});
    return before.apply(changes);
}

template <class Map>
auto const* find(Map const& map, typename Map::key_type const& key) {
    auto const found = map.find(key);
    return found == map.end() ? nullptr : &found->second;
}

template <class T>
std::optional<T> copy_of(T const* row) {
    return row == nullptr ? std::nullopt : std::optional(*row);
}

} // namespace

merkle::MapRow directory_row(Label const& label, AccountHead const& head) {
    return {.key = merkle::map_key(label), .value_hash = merkle::hash_value(head.encode())};
}

merkle::MapRow network_row(NodesRow const& nodes) {
    return {.key = network_map_key(NetworkRowKind::nodes), .value_hash = merkle::hash_value(encode(nodes))};
}

merkle::MapRow network_row(PolicyRow const& policy) {
    return {.key = network_map_key(NetworkRowKind::policy), .value_hash = merkle::hash_value(encode(policy))};
}

merkle::MapRow network_row(KeyId const& kid, SigningKeyRow const& row) {
    return {.key = network_map_key(NetworkRowKind::signing_key, kid),
            .value_hash = merkle::hash_value(encode(row))};
}

merkle::MapRow network_row(NetworkRowName const& name, base::ByteView value) {
    return {.key = name.map_key(), .value_hash = merkle::hash_value(value)};
}

void MapChanges::add(ChangeSet const& changes) {
    auto const set = [](auto& rows, merkle::MapRow const& row) {
        rows.insert_or_assign(row.key, row.value_hash);
    };
    if (changes.account)
        set(directory_, directory_row(changes.account->label, changes.account->row.head));
    if (changes.nodes)
        set(network_, network_row(*changes.nodes));
    if (changes.policy)
        set(network_, network_row(*changes.policy));
    for (auto const& [kid, row] : changes.signing_keys)
        set(network_, network_row(kid, row));
    for (auto const& [name, value] : changes.rows)
        if (value)
            set(network_, network_row(name, *value));
        else
            network_.insert_or_assign(name.map_key(), std::nullopt);
}

merkle::CommittedMap MapChanges::apply_to_directory(merkle::CommittedMap const& before) const {
    return apply(directory_, before);
}

merkle::CommittedMap MapChanges::apply_to_network(merkle::CommittedMap const& before) const {
    return apply(network_, before);
}

MemoryState::MemoryState(Genesis const& genesis) : nodes_(genesis.nodes), policy_(genesis.policy) {
    pending_.add({.nodes = genesis.nodes, .policy = genesis.policy});
}

WorkingSet MemoryState::load(ReadSet const& keys, Place const& place) const {
    WorkingSet working_set{.place = place, .nodes = nodes_, .policy = policy_};
    if (keys.account)
        working_set.account = copy_of(find_account(*keys.account));
    for (auto const& kid : keys.signing_keys)
        if (auto const* const row = find_signing_key(kid))
            working_set.signing_keys.emplace(kid, *row);
    for (auto const& name : keys.rows)
        if (auto const* const value = find(rows_, name))
            working_set.rows.emplace(name, *value);
    return working_set;
}

void MemoryState::apply(ChangeSet const& changes) {
    pending_.add(changes);
    if (changes.account)
        accounts_.insert_or_assign(changes.account->label, changes.account->row);
    if (changes.nodes)
        nodes_ = *changes.nodes;
    if (changes.policy)
        policy_ = *changes.policy;
    for (auto const& [kid, row] : changes.signing_keys)
        signing_keys_.insert_or_assign(kid, row);
    for (auto const& [name, value] : changes.rows)
        if (value)
            rows_.insert_or_assign(name, *value);
        else
            rows_.erase(name);
}

AccountRow const* MemoryState::find_account(Label const& label) const {
    return find(accounts_, label);
}

SigningKeyRow const* MemoryState::find_signing_key(KeyId const& kid) const {
    return find(signing_keys_, kid);
}

void MemoryState::hash_pending() {
    directory_ = pending_.apply_to_directory(directory_);
    network_ = pending_.apply_to_network(network_);
    pending_ = {};
}

merkle::DirectoryRoot MemoryState::directory_root() {
    hash_pending();
    return merkle::as_directory_root(directory_.root());
}

merkle::NetworkRoot MemoryState::network_root() {
    hash_pending();
    return merkle::as_network_root(network_.root());
}

} // namespace bulla::ledger
