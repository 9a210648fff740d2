#include "cli/node_commands.hpp"

#include "base/encoding.hpp"
#include "cli/ledger_reader.hpp"
#include "cli/network_ports.hpp"
#include "cli/operator_session.hpp"
#include "cli/passphrase.hpp"
#include "cli/start_messages.hpp"
#include "crypto/random.hpp"
#include "service/network_founding.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <fstream>

namespace bulla::cli {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

auto const founding_reason = [](service::FoundingFault const& fault) { return to_refused(describe(fault)); };
auto const key_reason = [](service::KeyFault const& fault) { return to_refused(describe(fault)); };

// --- a node to come

Went<void> write_text(fs::path const& place, std::string const& text) {
    std::ofstream file(place);
    file << text;
    file.close();
    if (!file.good())
        return std::unexpected{to_refused(place.string() + " cannot be written")};
    return {};
}

std::string configuration_of(NewNodeCommand const& command, NodePorts const& ports) {
    auto const any = command.host.empty() ? "127.0.0.1" : "0.0.0.0";
    auto text =
        fmt::format("# A node, by `bulla network new-node`.\n[server]\nlisten = \"127.0.0.1:{}\"\n"
                    "node_listen = \"{}:{}\"\nengine_listen = \"{}:{}\"\ndata = {}\n",
                    ports.http, any, ports.message, any, ports.engine,
                    command.host.empty() ? as_toml((command.directory / "data").string()) : "\"data\"");
    if (!command.engine.empty())
        text += fmt::format("engine = {}\n", as_toml(command.engine.string()));
    return text;
}

Went<void> try_new_node(NewNodeCommand command) {
    std::error_code error;
    if (fs::exists(command.directory, error) && !fs::is_empty(command.directory, error))
        return std::unexpected{to_usage(command.directory.string() + " is there and not empty")};
    if (!command.host.empty() && command.port == 0)
        return std::unexpected{to_usage("--host needs a --port")};
    auto const passphrase = TRY(map_fault(find_passphrase(command.passphrase_file), to_usage));
    command.directory = fs::absolute(command.directory);
    if (!command.engine.empty())
        command.engine = fs::absolute(command.engine);
    fs::create_directories(command.directory, error);
    auto const ports = choose_ports({.first = command.port, .nodes = 1}).front();
    auto const host = command.host.empty() ? std::string("127.0.0.1") : command.host;
    crypto::SystemRandomness randomness;
    auto const card =
        TRY(map_fault(service::found_node({.data = command.directory / "data",
                                           .origin = {},
                                           .engine_address = fmt::format("{}:{}", host, ports.engine),
                                           .message_address = fmt::format("{}:{}", host, ports.message)},
                                          passphrase, randomness),
                      founding_reason));
    auto const text = service::print_node_card(card);
    TRY(write_text(command.directory / "bulla.toml", configuration_of(command, ports)));
    TRY(write_text(command.directory / "card", text + "\n"));
    fmt::print("{}\n", text);
    return {};
}

// --- new keys of a node

Went<ledger::ListedNode> find_own_row(fs::path const& data, service::KeyDirectory const& directory) {
    auto reader = LedgerReader::open(data);
    auto const nodes = reader ? std::optional(reader->ledger().load_nodes()) : std::nullopt;
    if (!nodes || !*nodes)
        return std::unexpected{to_refused(data.string() + " holds no ledger that can be read")};
    auto const keys = TRY(map_fault(service::load_own_keys(directory), key_reason));
    auto const list = make_node_list(**nodes);
    auto const* const node = list.find(ledger::make_node_id(keys.node_key.public_key()));
    if (node == nullptr)
        return std::unexpected{to_refused("the list of nodes does not name this node")};
    return ledger::ListedNode{*node};
}

Went<void> try_new_keys(NewKeysCommand const& command) {
    for (auto const& name : command.names)
        if (!service::is_rotatable(name))
            return std::unexpected{
                to_usage(name + " is no key that can be replaced: validator, p2p, channel, tls, cosigner")};
    service::DataPaths const paths{command.data};
    auto const passphrase = TRY(map_fault(passphrase_for(paths.keys(), command.passphrase_file), to_usage));
    auto const directory = TRY(map_fault(service::KeyDirectory::open(paths.keys(), passphrase), key_reason));
    auto const present = TRY(find_own_row(command.data, directory));
    crypto::SystemRandomness randomness;
    auto card = TRY(
        map_fault(service::plan_rotation(present, directory, command.names, randomness), founding_reason));
    if (!command.message_address.empty())
        card.node.node.https_address = command.message_address;
    if (!command.engine_address.empty())
        card.node.node.p2p_address = command.engine_address;
    fmt::print("{}\n", service::print_node_card(card));
    return {};
}

// --- what operators propose

Went<service::NodeCard> read_card(fs::path const& place) {
    auto const text = TRY(map_fault(read_text_file(place), to_usage));
    auto card = service::parse_node_card(text);
    if (!card)
        return std::unexpected{to_usage(
            fmt::format("{} holds no card: bulla network new-node or new-keys prints one", place.string()))};
    return *std::move(card);
}

Went<void> try_propose_card(OperatorChoice const& choice, fs::path const& place, CardUse use) {
    auto const card = TRY(read_card(place));
    auto const& node = card.node.node;
    if (use == CardUse::add && !card.first_operator)
        return std::unexpected{to_usage("the card names no operator: it is of new keys, not of a new node")};
    if (!node.validator_key || !node.p2p_id || !node.channel_key || !node.tls_key_hash || !node.p2p_address ||
        !node.https_address)
        return std::unexpected{to_usage("the card lacks a key or an address of the node")};
    auto const operating = TRY(sign_in_operator(choice));
    ledger::Act act;
    if (use == CardUse::add) {
        ledger::AddNode add;
        add.node = card.node;
        add.first_operator = *card.first_operator;
        act = std::move(add);
    } else {
        ledger::RotateNodeKey rotate;
        rotate.node = card.node;
        act = std::move(rotate);
    }
    tell(choice, TRY(map_fault(operating.client.decide(act), to_stop)));
    return {};
}

struct Listed {
    bool is_known = false;
    std::vector<ledger::KeyId> kids; // of the node, in its row's order
    std::size_t nodes = 0;
    std::size_t others_reached = 0;
};

Went<Listed> look_for(json::object const& overview, std::string const& node) {
    Listed listed;
    auto const* const nodes = overview.if_contains("nodes");
    for (auto const& value : nodes != nullptr && nodes->is_array() ? nodes->get_array() : json::array{}) {
        auto const& each = value.as_object();
        ++listed.nodes;
        if (text_of(each, "id") != node) {
            listed.others_reached += each.contains("height") ? 1 : 0;
            continue;
        }
        listed.is_known = true;
        for (auto const& key : each.at("signing_keys").as_array()) {
            auto const kid = fixed_member<ledger::KeyId>(key.as_object(), "kid");
            if (!kid)
                return std::unexpected{Stop{ExitCode::unreachable, "the server's answer is not of the form"}};
            listed.kids.push_back(*kid);
        }
    }
    return listed;
}

Went<void> try_remove(OperatorChoice const& choice, std::string const& node, Removal removal) {
    auto const bytes = base::parse_base64url(node);
    auto const id = bytes ? ledger::NodeId::parse(*bytes) : std::nullopt;
    if (!id)
        return std::unexpected{
            to_usage("a node's id is 43 characters of base64url: bulla operator overview")};
    auto const operating = TRY(sign_in_operator(choice));
    auto const overview = TRY(map_fault(operating.client.overview(), to_stop));
    auto const listed = TRY(look_for(overview, node));
    if (!listed.is_known)
        return std::unexpected{to_refused("the list has no such node")};
    auto const needed = ledger::quorum_of(listed.nodes - 1);
    if (removal == Removal::refused_if_it_halts && listed.others_reached < needed)
        return std::unexpected{to_refused(fmt::format(
            "without it {} of {} nodes must run, and only {} are reached now: the network would stand still. "
            "--even-if-it-halts does it all the same",
            needed, listed.nodes - 1, listed.others_reached))};
    ledger::RemoveNode act;
    act.node = *id;
    act.kids = listed.kids;
    tell(choice, TRY(map_fault(operating.client.decide(act), to_stop)));
    return {};
}

} // namespace

ExitCode make_new_node(NewNodeCommand const& command) {
    return end(try_new_node(command));
}
ExitCode make_new_keys(NewKeysCommand const& command) {
    return end(try_new_keys(command));
}
ExitCode propose_card(OperatorChoice const& choice, fs::path const& card, CardUse use) {
    return end(try_propose_card(choice, card, use));
}
ExitCode remove_node(OperatorChoice const& choice, std::string const& node, Removal removal) {
    return end(try_remove(choice, node, removal));
}

} // namespace bulla::cli
