#include "base/check.hpp"
#include "base/encoding.hpp"
#include "cli/network_commands.hpp"
#include "cli/network_node.hpp"
#include "cli/network_ports.hpp"
#include "cli/passphrase.hpp"
#include "cli/start_messages.hpp"
#include "crypto/random.hpp"
#include "net/system_clock.hpp"
#include "service/network_conversion.hpp"
#include "service/network_founding.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>

namespace bulla::cli {
namespace {

namespace fs = std::filesystem;
std::string at(std::uint16_t port) {
    return fmt::format("127.0.0.1:{}", port);
}
// Under the relying party's name: passkeys know none for an address.
std::string page_of(std::uint16_t port) {
    return fmt::format("http://localhost:{}", port);
}

struct Plan {
    std::vector<NodePorts> ports;
    std::vector<service::NewNode> nodes;
    fs::path engine;
    fs::path directory_of(std::size_t index) const { return nodes[index].data.parent_path(); }
};

// A machine each: the same ports everywhere, and people come by a proxy with TLS, or by the node's own.
service::NewNode node_of_host(NetworkInitCommand const& command, std::size_t index) {
    auto const& host = command.hosts[index];
    return {.data = {},
            .origin = "https://" + host,
            .engine_address = fmt::format("{}:{}", host, command.port + engine_port_offset),
            .message_address = fmt::format("{}:{}", host, command.port + message_port_offset)};
}

Plan make_plan(NetworkInitCommand const& command) {
    Plan plan{.ports = choose_ports({.first = command.port, .nodes = command.nodes}),
              .nodes = {},
              .engine = command.engine};
    if (!command.engine.empty())
        plan.engine = fs::absolute(command.engine);
    for (std::size_t index = 0; index < command.nodes; ++index) {
        auto& node = plan.nodes.emplace_back(
            command.hosts.empty() ? service::NewNode{.data = {},
                                                     .origin = page_of(plan.ports[index].http),
                                                     .engine_address = at(plan.ports[index].engine),
                                                     .message_address = at(plan.ports[index].message)}
                                  : node_of_host(command, index));
        node.data = fs::absolute(command.directory) / fmt::format("node-{}", index + 1) / "data";
    }
    return plan;
}

std::string configuration_for_host(NetworkInitCommand const& command, std::size_t index) {
    return fmt::format("# Node {} of {}, by `bulla network init`: of {}.\n[server]\n"
                       "listen = \"127.0.0.1:{}\"\nnode_listen = \"0.0.0.0:{}\"\n"
                       "engine_listen = \"0.0.0.0:{}\"\ndata = \"data\"\n",
                       index + 1, command.hosts.size(), command.hosts[index], command.port,
                       command.port + message_port_offset, command.port + engine_port_offset);
}

std::string configuration_of(Plan const& plan, std::size_t index) {
    auto text = fmt::format("# Node {} of {}, by `bulla network init`.\n[server]\nlisten = \"{}\"\n"
                            "data = {}\n",
                            index + 1, plan.nodes.size(), at(plan.ports[index].http),
                            as_toml(plan.nodes[index].data.string()));
    if (!plan.engine.empty())
        text += fmt::format("engine = {}\n", as_toml(plan.engine.string()));
    return text;
}

bool write_configuration(NetworkInitCommand const& command, Plan const& plan, std::size_t index) {
    std::ofstream file(plan.directory_of(index) / "bulla.toml");
    file << (command.hosts.empty() ? configuration_of(plan, index) : configuration_for_host(command, index));
    file.close();
    return file.good();
}

bool make_directories(Plan const& plan) {
    std::error_code error;
    for (std::size_t index = 0; index < plan.nodes.size() && !error; ++index)
        fs::create_directories(plan.directory_of(index), error);
    return !error;
}

bool is_host_name(std::string const& host) {
    auto const is_part = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
    };
    return !host.empty() && host.size() <= 253 && std::ranges::all_of(host, is_part);
}

std::string fault_of(NetworkInitCommand const& command) {
    std::error_code error;
    if (fs::exists(command.directory, error) && !fs::is_empty(command.directory, error))
        return fmt::format("{} is there and not empty: name another directory", command.directory.string());
    if (!command.hosts.empty() &&
        (command.hosts.size() < 2 || command.port == 0 || (command.issuer.empty() && command.from.empty())))
        return "--host needs two machines at least, a --port and an --issuer";
    if (!std::ranges::all_of(command.hosts, is_host_name))
        return "--host must be a name or an IPv4 address of a machine";
    if (!command.from.empty() &&
        (!command.issuer.empty() || command.recovery_delay > std::chrono::seconds{0} ||
         command.change_delay > std::chrono::seconds{0}))
        return "--from takes issuer and delays from the ledger";
    if (command.port != 0 && command.port + engine_port_offset + command.nodes > 65'535)
        return "the ports of all nodes do not fit: --port must be lower";
    if (!command.issuer.empty() && !is_issuer(command.issuer))
        return "--issuer must be a URL without query, fragment and a slash at the end";
    return {};
}

void print_plan(NetworkInitCommand const& command, Plan const& plan, ledger::NetworkId const& network) {
    auto const directory = command.directory.string();
    fmt::print("network {}\n", base::to_base64url(network));
    for (std::size_t index = 0; index < plan.nodes.size(); ++index)
        fmt::print("  node-{}  {}  {}\n", index + 1, plan.nodes[index].origin,
                   plan.directory_of(index).string());
    fmt::print(
        "{} of {} nodes must run. Every node holds copies of the log key, the VRF key, the OPRF seed\n"
        "and the OPAQUE key: who has root on one of them can test names and guess weak passwords.\n"
        "{}",
        ledger::quorum_of(plan.nodes.size()), plan.nodes.size(),
        command.hosts.empty()
            ? fmt::format("run it:\n  bulla network up {}\n", directory)
            : std::string("carry each directory to its machine, by a way that nobody reads, and erase it "
                          "here; then there:\n  bulla serve --config bulla.toml\n"));
}

void print_plan_json(Plan const& plan, ledger::NetworkId const& network) {
    boost::json::array nodes;
    for (std::size_t index = 0; index < plan.nodes.size(); ++index)
        nodes.push_back(boost::json::object{{"name", fmt::format("node-{}", index + 1)},
                                            {"url", plan.nodes[index].origin},
                                            {"directory", plan.directory_of(index).string()}});
    print_json({{"network", base::to_base64url(network)}, {"nodes", std::move(nodes)}});
}

// --- a single node's ledger goes on

std::string reason_of(service::ConversionFault const& fault) {
    using enum service::ConversionFault::Kind;
    switch (fault.kind) {
    case founding: return fault.founding ? describe(*fault.founding) : std::string();
    case in_use: return "a server runs on it: stop it first";
    case a_network: return "its ledger is a network's already";
    case moved: return "its log goes on elsewhere already";
    case delay:
        return "its policy lets changes wait (network.change_delay), and the first steps of a network "
               "cannot: "
               "found the network by hand, node after node, with add-node";
    case no_operator: return "keys/operator is no operator of its node any more";
    case refused:
        return fmt::format("the ledger refuses a step: {}",
                           fault.rejection ? ledger::name(*fault.rejection) : "");
    }
    CHECK_UNREACHABLE();
}

Result<void, std::string> write_directories(NetworkInitCommand const& command, Plan const& plan,
                                            service::Converted const& converted) {
    auto const genesis = print_engine_genesis(
        {.time = converted.time, .start = converted.start, .list = make_node_list(converted.nodes)});
    for (std::size_t index = 0; index < plan.nodes.size(); ++index) {
        if (!write_configuration(command, plan, index))
            return std::unexpected{plan.directory_of(index).string() + " cannot be written"};
        auto const written =
            sequencer::comet::write_genesis({service::DataPaths{plan.nodes[index].data}.engine()}, genesis);
        if (!written)
            return std::unexpected{written.error().file.string() + ": " + written.error().reason};
    }
    return {};
}

ExitCode continue_as_network(NetworkInitCommand const& command, Plan const& plan) {
    auto const passphrase = passphrase_for(service::DataPaths{command.from}.keys(), command.passphrase_file);
    if (!passphrase)
        return fail(ExitCode::usage, passphrase.error());
    if (!make_directories(plan))
        return fail(ExitCode::usage, command.directory.string() + " cannot be made");
    crypto::SystemRandomness randomness;
    net::SystemClock const clock;
    auto const converted = service::convert_to_network(
        {.from = command.from, .passphrase = *passphrase, .nodes = plan.nodes}, clock, randomness);
    if (!converted)
        return fail(ExitCode::refused, command.from.string() + ": " + reason_of(converted.error()));
    if (auto const written = write_directories(command, plan, *converted); !written)
        return fail(ExitCode::refused, written.error());
    if (command.form == OutputForm::json)
        print_plan_json(plan, converted->network);
    else
        print_plan(command, plan, converted->network);
    return ExitCode::good;
}

} // namespace

ExitCode init_network(NetworkInitCommand const& asked) {
    auto command = asked;
    if (!command.hosts.empty())
        command.nodes = command.hosts.size();
    if (auto const fault = fault_of(command); !fault.empty())
        return fail(ExitCode::usage, fault);
    auto const plan = make_plan(command);
    if (!command.from.empty())
        return continue_as_network(command, plan);
    service::Settings settings;
    settings.issuer = command.issuer.empty() ? page_of(plan.ports[0].http) : command.issuer;
    settings.recovery_delay = command.recovery_delay;
    settings.change_delay = command.change_delay;
    if (!make_directories(plan))
        return fail(ExitCode::usage, command.directory.string() + " cannot be made");
    crypto::SystemRandomness randomness;
    net::SystemClock const clock;
    auto const network = service::found_network(plan.nodes, settings, clock.now(), randomness);
    if (!network)
        return fail(ExitCode::usage, describe(network.error()));
    for (std::size_t index = 0; index < plan.nodes.size(); ++index)
        if (!write_configuration(command, plan, index))
            return fail(ExitCode::usage,
                        (plan.directory_of(index) / "bulla.toml").string() + " cannot be written");
    if (command.form == OutputForm::json)
        print_plan_json(plan, *network);
    else
        print_plan(command, plan, *network);
    return ExitCode::good;
}

} // namespace bulla::cli
