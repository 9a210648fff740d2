#include "ledger/block.hpp"

namespace bulla::ledger {
namespace {

bool is_consistent(Operator const& person, NodeId const& node) {
    auto const owner = credential::CredentialOwner::from(node);
    return person.kind != CredentialKind::password && person.kind != CredentialKind::recovery_key &&
           credential::is_key_of(person.kind, person.public_key) &&
           credential::is_registrable(person.public_key) && person.sequence == Sequence{} &&
           person.id == credential::credential_id(owner, person.kind, person.public_key);
}

bool is_consistent(Node const& node) {
    return node.id == make_node_id(node.node_key) && node.sequence == Sequence{} &&
           node.signing_keys.empty() && !node.operators.empty() &&
           std::ranges::all_of(node.operators,
                               [&](Operator const& person) { return is_consistent(person, node.id); });
}

bool is_consistent(NodesRow const& row) {
    return row.number == 1 && is_sound(make_node_list(row)) &&
           std::ranges::all_of(row.nodes, [](Node const& node) { return is_consistent(node); });
}

bool is_consistent(PolicyRow const& policy, NodesRow const& row) {
    return is_sound(policy) && policy.keysets.size() == 1 && policy.keysets[0].number == 1 &&
           is_sound(policy.keysets[0], row);
}

} // namespace

BlockBuilder::BlockBuilder(ChainHead const& before, base::Timestamp time) : BlockBuilder(before) {
    CHECK(time >= before.time);
    head_.height = before.height.next();
    head_.time = time;
    first_index_ = LeafIndex{before.frontier.size().number()};
}

BlockBuilder BlockBuilder::first(NetworkId const& network, base::Timestamp time) {
    return BlockBuilder(
        ChainHead{.network = network, .frontier = {}, .height = {}, .block_hash = {}, .time = time});
}

Place BlockBuilder::next_place() const {
    return {.network = head_.network, .time = head_.time, .index = LeafIndex{head_.frontier.size().number()}};
}

void BlockBuilder::append(LeafHash const& leaf_hash) {
    head_.frontier.append(leaf_hash);
    leaf_hashes_.push_back(leaf_hash);
}

BuiltBlock BlockBuilder::close(merkle::DirectoryRoot const& directory_root,
                               merkle::NetworkRoot const& network_root) && {
    CHECK(!leaf_hashes_.empty() && leaf_hashes_.size() <= block_entries_max);
    BuiltBlock built{.block = {.height = head_.height,
                               .previous = head_.block_hash,
                               .time = head_.time,
                               .first_index = first_index_,
                               .entry_count = leaf_hashes_.size(),
                               .log_root = head_.frontier.root(),
                               .directory_root = directory_root,
                               .network_root = network_root},
                     .block_bytes = {},
                     .leaf_hashes = {},
                     .head = {}};
    built.block_bytes = encode(built.block);
    append(merkle::hash_leaf(built.block_bytes));
    head_.block_hash = leaf_hashes_.back();
    built.leaf_hashes = std::move(leaf_hashes_);
    built.head = std::move(head_);
    return built;
}

bool is_consistent(Genesis const& genesis) {
    return is_consistent(genesis.nodes) && is_consistent(genesis.policy, genesis.nodes);
}

GenesisBlock make_genesis_block(Genesis const& genesis) {
    CHECK(is_consistent(genesis));
    auto bytes = encode(genesis);
    CHECK(bytes.size() <= entry_size_max);
    auto const leaf_hash = merkle::hash_leaf(bytes);
    auto builder = BlockBuilder::first(make_network_id(leaf_hash), genesis.time);
    builder.append(leaf_hash);
    MemoryState state(genesis);
    auto built = std::move(builder).close(state.directory_root(), state.network_root());
    return {.genesis_bytes = std::move(bytes), .built = std::move(built)};
}

} // namespace bulla::ledger
