#include "service/network_conversion.hpp"

#include "ledger/act.hpp"
#include "ledger/node_list_walk.hpp"
#include "service/client_walk.hpp"
#include "service/node_description.hpp"

#include <algorithm>

namespace bulla::service {
namespace {

namespace fs = std::filesystem;
using Kind = ConversionFault::Kind;
template <class T>
using Converting = Result<T, ConversionFault>;

std::unexpected<ConversionFault> fault(Kind kind) {
    return std::unexpected{ConversionFault{.kind = kind}};
}
auto const founding_fault = [](FoundingFault from) {
    return ConversionFault{.kind = Kind::founding, .founding = std::move(from)};
};
auto const key_fault = [](KeyFault const& from) {
    return ConversionFault{
        .kind = Kind::founding,
        .founding = FoundingFault{.kind = FoundingFaultKind::key, .place = from.file, .key = from}};
};
auto const store_fault = [](store::StoreFault const& from) {
    return ConversionFault{
        .kind = Kind::founding,
        .founding = FoundingFault{.kind = FoundingFaultKind::store, .place = from.place, .store = from}};
};
std::unexpected<ConversionFault> file_fault(fs::path const& place) {
    return std::unexpected{
        founding_fault(FoundingFault{.kind = FoundingFaultKind::file_system, .place = place})};
}

// --- the ledger goes on

struct Member {
    NodeKeys const& keys;
    ledger::NodeId id() const { return ledger::make_node_id(keys.node_key.public_key()); }
};

class Extension {
public:
    Extension(store::LedgerDatabase& ledger, sequencer::Tip const& tip, base::Timestamp now)
        : ledger_(ledger), maker_(ledger, tip), head_(tip.head), time_(std::max(now, tip.chain.time)),
          start_(tip.chain.block_hash) {}

    void add(NodeKeys const& keys) { members_.push_back({keys}); }
    ledger::NodesRow const& nodes() const { return *head_->nodes; }
    ledger::PolicyRow const& policy() const { return *head_->policy; }
    ledger::LeafHash const& end() const { return start_; }
    base::Timestamp time() const { return time_; }

    // Proposed, approved by all that a quorum needs, and applied, in one block.
    Converting<void> decide(ledger::Act const& act) {
        ledger::ProposeChange proposal;
        proposal.act = ledger::encode_act(act);
        auto const change = TRY(order_as_operator(proposal, members_.front()));
        for (std::size_t place = 1; place < nodes().quorum(); ++place) {
            ledger::ApproveChange approval;
            approval.change = change;
            TRY(order_as_operator(approval, members_.at(place)));
        }
        TRY(order(application_of(act, change)));
        return close_block();
    }

private:
    template <class Statement>
    Converting<ledger::Entry> sign_as_operator(Statement statement, Member const& member) const {
        auto const* const node = nodes().find(member.id());
        auto const key = credential::PublicKey(member.keys.operator_key.public_key());
        CHECK(node != nullptr);
        auto const person = std::ranges::find(node->operators, key, &ledger::Operator::public_key);
        if (person == node->operators.end())
            return fault(Kind::no_operator);
        statement.asks = {.network = head_->network,
                          .signer = person->id,
                          .sequence = person->sequence.next(),
                          .not_after = time_ + entry_validity};
        auto bytes = ledger::encode(statement);
        auto evidence = make_evidence(Statement::kind, bytes, person->id, member.keys.operator_key);
        return ledger::Entry{.kind = Statement::kind,
                             .statement = std::move(bytes),
                             .evidence = {std::move(evidence)},
                             .admissions = {}};
    }
    template <class Statement>
    Converting<ledger::LeafHash> order_as_operator(Statement statement, Member const& member) {
        return order(TRY(sign_as_operator(std::move(statement), member)));
    }
    ledger::Entry application_of(ledger::Act const& act, ledger::LeafHash const& change) const {
        ledger::ApplyChange statement;
        statement.asks.network = head_->network;
        statement.change = change;
        statement.act = ledger::encode_act(act);
        ledger::Entry entry{.kind = ledger::EntryKind::apply_change,
                            .statement = ledger::encode(statement),
                            .evidence = {},
                            .admissions = {}};
        auto const next = ledger::next_node_list(make_node_list(nodes()), act);
        if (next && *next)
            entry.evidence = sign_list(**next);
        return entry;
    }
    std::vector<ledger::Evidence> sign_list(ledger::NodeList const& list) const {
        auto const digest = ledger::digest_node_list(list);
        std::map<ledger::NodeId, ledger::Evidence> signatures;
        for (auto const& member : members_)
            if (nodes().find(member.id()) != nullptr)
                signatures[member.id()] = {.signer = base::to_buffer(member.id()),
                                           .parts = {base::to_buffer(member.keys.node_key.sign(digest))}};
        std::vector<ledger::Evidence> evidence;
        for (auto& [id, signature] : signatures)
            if (evidence.size() < nodes().quorum())
                evidence.push_back(std::move(signature));
        return evidence;
    }
    Converting<ledger::LeafHash> order(ledger::Entry const& entry) {
        auto bytes = ledger::encode(entry);
        auto const leaf_hash = merkle::hash_leaf(bytes);
        auto const outcome = TRY(map_fault(
            maker_.execute({.entry = std::move(bytes), .side_writes = {}}, time_, checks_), store_fault));
        if (!outcome)
            return std::unexpected{ConversionFault{
                .kind = Kind::refused, .founding = std::nullopt, .rejection = outcome.error()}};
        return leaf_hash;
    }
    Converting<void> close_block() {
        auto const made = maker_.close();
        TRY(map_fault(ledger_.commit(made->batch), store_fault));
        maker_.settle();
        head_ = made->after.head;
        start_ = made->after.chain.block_hash;
        return {};
    }

    store::LedgerDatabase& ledger_;
    sequencer::BlockMaker maker_;
    sequencer::CheckMemory checks_;
    sequencer::HeadPointer head_;
    base::Timestamp const time_;
    ledger::LeafHash start_; // of the last block entry
    std::vector<Member> members_; // the old node first
};

// --- the acts

ledger::ListedNode listed(ledger::Node node, NewNode const& wanted, NetworkNodeKeys const& keys) {
    describe_keys(node, keys);
    node.p2p_address = wanted.engine_address;
    node.https_address = wanted.message_address;
    node.sequence = {};
    node.operators.clear();
    node.signing_keys.clear();
    return {std::move(node)};
}

Converting<void> make_nodes_known(Extension& extension, Conversion const& conversion,
                                  std::vector<crypto::Kept<NodeKeys>> const& keys) {
    extension.add(*keys.front());
    ledger::RotateNodeKey rotate;
    rotate.node = listed(extension.nodes().nodes.front(), conversion.nodes.front(), *keys.front()->network);
    TRY(extension.decide(rotate));
    for (std::size_t index = 1; index < keys.size(); ++index) {
        auto const described = make_node(*keys[index]);
        ledger::AddNode add;
        add.node = listed(described, conversion.nodes[index], *keys[index]->network);
        add.first_operator = {.kind = described.operators[0].kind,
                              .public_key = described.operators[0].public_key};
        TRY(extension.decide(add));
        extension.add(*keys[index]);
    }
    ledger::ChangePolicy change;
    change.policy = extension.policy();
    for (auto const& node : conversion.nodes)
        if (std::ranges::find(change.policy.origins, node.origin) == change.policy.origins.end())
            change.policy.origins.push_back(node.origin);
    if (change.policy != extension.policy())
        TRY(extension.decide(change));
    return {};
}

// --- directories

Converting<void> copy_own_keys(KeyDirectory const& from, KeyDirectory const& to,
                               base::Randomness& randomness) {
    for (std::string_view const name : {"operator", "node", "cosigner", "log", "oprf-1", "opaque", "vrf"}) {
        auto const key = TRY(map_fault(from.read(name, name == "vrf" ? 64 : 32), key_fault));
        TRY(map_fault(to.write({.name = name, .in_the_end = name}, key.expose(), randomness), key_fault));
    }
    for (auto const& signing : TRY(map_fault(load_signing_keys(from), key_fault))) {
        auto const name = "signing-" + token::print_key_id(signing.kid);
        TRY(map_fault(to.write({.name = name, .in_the_end = name, .modified = signing.made},
                               signing.key.seed().expose(), randomness),
                      key_fault));
    }
    return {};
}

// Keysets and log keys that were made since the beginning.
Result<void, KeyFault> copy_later_secrets(NodeKeys const& old, KeyDirectory const& to,
                                          base::Randomness& randomness) {
    for (auto const& secret : old.secrets) {
        auto const name = name_of(secret);
        auto const bytes = TRY(old.directory.read(file_of(name), secret_size(name.kind)));
        TRY(write_shared_secret(to, name, bytes.expose(), randomness));
    }
    return {};
}

enum class Continuity : bool { a_new_node, the_old_node };

Converting<crypto::Kept<NodeKeys>> make_node_keys(NewNode const& node, NodeKeys const& old,
                                                  Continuity continuity, base::Randomness& randomness) {
    DataPaths const paths{node.data};
    TRY(map_fault(make_data_directory(paths.data), founding_fault));
    TRY(map_fault(make_data_directory(paths.keys()), founding_fault));
    auto directory = KeyDirectory::bare(paths.keys());
    if (continuity == Continuity::the_old_node)
        TRY(copy_own_keys(old.directory, directory, randomness));
    else
        TRY(map_fault(copy_shared_keys(old.directory, directory, randomness), key_fault));
    TRY(map_fault(copy_later_secrets(old, directory, randomness), key_fault));
    TRY(map_fault(make_network_keys(directory, randomness), key_fault));
    return crypto::keep(TRY(map_fault(load_keys(std::move(directory)), key_fault)));
}

Converting<void> copy_guard(DataPaths const& from, DataPaths const& to) {
    TRY(map_fault(make_data_directory(to.guard()), founding_fault));
    std::error_code error;
    fs::copy_file(from.guard() / "checkpoint", to.guard() / "checkpoint", error);
    if (error || store::SmallFiles::of_the_system().sync_directory(to.guard()) == store::Done::no)
        return file_fault(to.guard());
    return {};
}

// As the guard replaces its record.
Converting<void> mark_as_moved(DataPaths const& from) {
    auto& files = store::SmallFiles::of_the_system();
    auto const file = from.guard() / "checkpoint";
    auto const fresh = fs::path(file).concat(".new");
    if (files.write_synced(fresh, "moved\n") == store::Done::no ||
        files.rename_over(fresh, file) == store::Done::no ||
        files.sync_directory(from.guard()) == store::Done::no)
        return file_fault(file);
    return {};
}

Converting<Converted> extend(store::LedgerDatabase& ledger, Conversion const& conversion, base::Timestamp now,
                             std::vector<crypto::Kept<NodeKeys>> const& keys) {
    DataPaths const first{conversion.nodes.front().data};
    auto const origin = TRY(map_fault(ledger.load_nodes(), store_fault)).origin;
    auto const guard_fault = [&](sequencer::GuardFault from) {
        return founding_fault({.kind = FoundingFaultKind::guard, .place = first.guard(), .guard = from});
    };
    auto guard = TRY(map_fault(sequencer::Guard::open(first.guard(), origin, sequencer::Guard::Start::again),
                               guard_fault));
    auto const chain = TRY(map_fault(
        sequencer::Chain::open(ledger, std::move(guard), keys.front()->log_key),
        [&](sequencer::ChainFault const& from) {
            return founding_fault({.kind = FoundingFaultKind::chain, .place = first.data, .chain = from});
        }));
    Extension extension(ledger, chain.tip(), now);
    TRY(make_nodes_known(extension, conversion, keys));
    return Converted{.network = chain.head()->network,
                     .start = extension.end(),
                     .time = extension.time(),
                     .nodes = extension.nodes()};
}

Converting<void> check_old(store::LedgerDatabase& ledger, DataPaths const& paths) {
    auto const nodes = TRY(map_fault(ledger.load_nodes(), store_fault));
    auto const policy = TRY(map_fault(ledger.load_policy(), store_fault));
    auto const record = sequencer::Guard::read(paths.guard());
    if (!record && record.error() == sequencer::GuardFault::moved)
        return fault(Kind::moved);
    if (nodes.nodes.size() != 1 || nodes.nodes.front().validator_key)
        return fault(Kind::a_network);
    if (policy.delays.change > std::chrono::milliseconds{0})
        return fault(Kind::delay);
    return {};
}

} // namespace

Result<Converted, ConversionFault> convert_to_network(Conversion const& conversion, base::Clock const& clock,
                                                      base::Randomness& randomness) {
    DataPaths const from{conversion.from};
    auto const lock = DirectoryLock::take(from.lock());
    if (!lock)
        return fault(Kind::in_use);
    auto directory = TRY(map_fault(KeyDirectory::open(from.keys(), conversion.passphrase), key_fault));
    auto const old = crypto::keep(TRY(map_fault(load_keys(std::move(directory)), key_fault)));
    auto old_ledger =
        TRY(map_fault(store::LedgerDatabase::open(from.ledger(), store::OpenMode::existing), store_fault));
    TRY(check_old(*old_ledger, from));
    std::vector<crypto::Kept<NodeKeys>> keys;
    for (auto const& node : conversion.nodes) {
        auto const continuity = keys.empty() ? Continuity::the_old_node : Continuity::a_new_node;
        keys.push_back(TRY(make_node_keys(node, *old, continuity, randomness)));
        TRY(copy_guard(from, DataPaths{node.data}));
    }
    DataPaths const first{conversion.nodes.front().data};
    TRY(map_fault(old_ledger->checkpoint(first.ledger()), store_fault));
    auto const ledger =
        TRY(map_fault(store::LedgerDatabase::open(first.ledger(), store::OpenMode::existing), store_fault));
    auto converted = TRY(extend(*ledger, conversion, clock.now(), keys));
    for (std::size_t index = 1; index < conversion.nodes.size(); ++index)
        TRY(map_fault(ledger->checkpoint(DataPaths{conversion.nodes[index].data}.ledger()), store_fault));
    TRY(mark_as_moved(from));
    return converted;
}

} // namespace bulla::service
