#include "cli/network_node.hpp"

#include "base/encoding.hpp"

#include <fmt/format.h>

namespace bulla::cli {
namespace {

namespace fs = std::filesystem;
namespace comet = sequencer::comet;

constexpr std::string_view engine_name = "cometbft";

std::string name_of(ledger::Node const& node) {
    return "node-" + base::to_hex(node.id.view().first(4));
}

// The network's engine began with block 0, whose entry is the log's second.
Result<comet::EngineGenesis, std::string> engine_genesis(service::DataDirectory const& data) {
    auto const first = data.ledger->load_entry(ledger::LeafIndex{1});
    if (!first)
        return std::unexpected{"the ledger has no block 0"};
    comet::EngineGenesis genesis{
        .time = data.genesis.time, .start = merkle::hash_leaf(*first), .validators = {}};
    for (auto const& node : data.genesis.nodes.nodes) {
        if (!node.validator_key)
            return std::unexpected{"the ledger began as a single node's: it names no validators"};
        genesis.validators.push_back({.name = name_of(node), .public_key = *node.validator_key});
    }
    return genesis;
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

std::set<std::string, std::less<>> peer_ids(ledger::NodesRow const& nodes, ledger::NodeId const& own) {
    std::set<std::string, std::less<>> ids;
    for (auto const& node : nodes.nodes)
        if (node.id != own && node.p2p_id)
            ids.insert(base::to_hex(*node.p2p_id));
    return ids;
}

} // namespace

bool is_network_node(service::DataDirectory const& data) {
    return data.keys.network.has_value();
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
    auto const nodes = chain.head()->nodes;
    auto const genesis = TRY(engine_genesis(start.data));
    auto const& keys = *start.data.keys.network;
    auto const written = comet::write_home(home, engine_settings(*nodes, own, start.settings.engine_listen),
                                           genesis, {.node = keys.p2p, .validator = keys.validator});
    if (!written)
        return std::unexpected{written.error().file.string() + ": " + written.error().reason};
    return map_fault(
        comet::CometSequencer::start(std::move(chain),
                                     {.ledger = *start.data.ledger,
                                      .clock = start.clock,
                                      .log = start.log,
                                      .node = own,
                                      .cosigner_key = &start.data.keys.cosigner_key},
                                     {.home = home, .program = *program, .peers = peer_ids(*nodes, own)}),
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
