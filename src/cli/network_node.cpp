#include "cli/network_node.hpp"

#include "base/check.hpp"
#include "base/encoding.hpp"
#include "cli/output.hpp"
#include "ledger/rules.hpp"

#include <fmt/format.h>

namespace bulla::cli {
namespace {

namespace fs = std::filesystem;
namespace comet = sequencer::comet;

constexpr std::string_view engine_name = "cometbft";

std::string name_of(ledger::Node const& node) {
    return "node-" + base::to_hex(node.id.view().first(4));
}

// Where the network began as one, its engine began with block 0, whose entry is the log's second. Else the
// file was written when it became one, or when this node joined it.
Result<std::string, std::string> engine_genesis(service::DataDirectory const& data,
                                                comet::HomePaths const& home) {
    if (!data.genesis.nodes.nodes.front().validator_key)
        return read_text_file(home.configuration() / "genesis.json");
    auto const first = data.ledger->load_entry(ledger::LeafIndex{1});
    if (!first)
        return std::unexpected{"the ledger has no block 0"};
    return print_engine_genesis({.time = data.genesis.time,
                                 .start = merkle::hash_leaf(*first),
                                 .list = make_node_list(data.genesis.nodes)});
}

// Of the list that this node has joined by: its ledger does not name all of them yet.
std::set<std::string, std::less<>> peer_ids(service::DataDirectory const& data) {
    std::set<std::string, std::less<>> ids;
    if (data.joined_list)
        for (auto const& [node] : data.joined_list->nodes)
            if (node.p2p_id)
                ids.insert(base::to_hex(*node.p2p_id));
    return ids;
}

comet::EngineSettings engine_settings(ledger::NodesRow const& nodes, ledger::NodeId const& own,
                                      std::string const& configured) {
    comet::EngineSettings settings;
    for (auto const& node : nodes.nodes) {
        if (node.id == own) {
            settings.external_address = node.p2p_address.value_or(settings.listen);
            settings.listen = configured.empty() ? settings.external_address : configured;
        } else if (node.p2p_id && node.p2p_address) {
            settings.peers.push_back(base::to_hex(*node.p2p_id) + "@" + *node.p2p_address);
        }
    }
    return settings;
}

} // namespace

std::string print_engine_genesis(service::EngineStart const& start) {
    comet::EngineGenesis genesis{.time = start.time, .start = start.start, .validators = {}};
    for (auto const& [node] : start.list.nodes) {
        CHECK(node.validator_key.has_value());
        genesis.validators.push_back({.name = name_of(node), .public_key = *node.validator_key});
    }
    return comet::print_genesis(genesis);
}

bool is_network_node(service::DataDirectory const& data) {
    return data.keys.network.has_value();
}

std::optional<std::string> find_unknown_rules(ledger::PolicyRow const& policy, store::EngineHeight height) {
    auto const version = ledger::rules_at(policy, height.next().number());
    if (version <= ledger::newest_rules())
        return std::nullopt;
    return fmt::format("the network goes on under version {} of its rules from engine height {} on, and this "
                       "program knows version {}: install a newer bulla here and start it again",
                       version, height.next().number(), ledger::newest_rules());
}

std::optional<fs::path> find_engine(fs::path const& configured) {
    std::error_code error;
    if (!configured.empty())
        return fs::exists(configured, error) ? std::optional(fs::absolute(configured)) : std::nullopt;
    auto const directory = fs::read_symlink("/proc/self/exe", error).parent_path();
    for (auto const& place : {directory, directory.parent_path()})
        if (fs::is_regular_file(place / engine_name, error))
            return place / engine_name;
    return std::nullopt;
}

Result<std::unique_ptr<comet::CometSequencer>, std::string> start_comet(sequencer::Chain chain,
                                                                        NetworkStart const& start) {
    auto const program = find_engine(start.settings.engine);
    if (!program)
        return std::unexpected{fmt::format(
            "the engine cometbft is not {}: `make engine` builds it, and server.engine names it",
            start.settings.engine.empty() ? "beside this program" : start.settings.engine.string())};
    comet::HomePaths const home{start.data.paths.data / "engine"};
    auto const own = ledger::make_node_id(start.data.keys.node_key.public_key());
    auto const nodes = start.data.newest_list(*chain.head()->nodes);
    auto const genesis = TRY(engine_genesis(start.data, home));
    auto const& keys = *start.data.keys.network;
    auto const written = comet::write_home(home, engine_settings(nodes, own, start.settings.engine_listen),
                                           genesis, {.node = keys.p2p, .validator = keys.validator});
    if (!written)
        return std::unexpected{written.error().file.string() + ": " + written.error().reason};
    return map_fault(
        comet::CometSequencer::start(std::move(chain),
                                     {.ledger = *start.data.ledger,
                                      .clock = start.clock,
                                      .log = start.log,
                                      .node = own,
                                      .cosigner_key = &start.data.keys.cosigner_key,
                                      .on_unknown_rules = start.on_unknown_rules,
                                      .on_misbehaviour = start.on_misbehaviour},
                                     {.home = home,
                                      .program = *program,
                                      .peers = peer_ids(start.data),
                                      .snapshots = start.data.paths.snapshots(),
                                      .snapshot_every = start.settings.snapshot_every}),
        [](comet::CometSequencer::StartFault const& fault) { return "the engine: " + fault.reason; });
}

Result<ListenAddress, std::string> message_address(ledger::NodesRow const& nodes, ledger::NodeId const& own,
                                                   std::string const& configured) {
    auto const* const node = nodes.find(own);
    auto const listed = node == nullptr ? std::string() : node->https_address.value_or("");
    auto const text = configured.empty() ? listed : configured;
    auto const address = parse_listen_address(text);
    bool const is_plain = node == nullptr || !node->tls_key_hash;
    if (!address || (is_plain && !is_loopback(address->host)))
        return std::unexpected{fmt::format(
            "the node list names \"{}\" as the address of this node for others: it must be "
            "HOST:PORT{}",
            text, is_plain ? " of this machine alone (127.0.0.1), since the list has no TLS key of it" : "")};
    return *address;
}

} // namespace bulla::cli
