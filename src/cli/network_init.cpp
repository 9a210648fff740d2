#include "base/encoding.hpp"
#include "cli/network_commands.hpp"
#include "cli/network_node.hpp"
#include "cli/start_messages.hpp"
#include "crypto/random.hpp"
#include "net/system_clock.hpp"
#include "service/network_founding.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <fstream>

namespace bulla::cli {
namespace {

namespace fs = std::filesystem;
using boost::asio::ip::tcp;

constexpr std::uint16_t message_offset = 100;
constexpr std::uint16_t engine_offset = 200;

// Ports of one node: for people, for other nodes, for other engines.
struct Ports {
    std::uint16_t http = 0;
    std::uint16_t message = 0;
    std::uint16_t engine = 0;
};

// Ports that nobody listens on now; all are held until all are chosen.
class FreePorts {
public:
    std::uint16_t next() {
        tcp::endpoint const any(boost::asio::ip::address_v4::loopback(), 0);
        return acceptors_.emplace_back(context_, any).local_endpoint().port();
    }

private:
    boost::asio::io_context context_{1};
    std::deque<tcp::acceptor> acceptors_;
};

std::vector<Ports> choose_ports(NetworkInitCommand const& command) {
    FreePorts free;
    std::vector<Ports> ports;
    for (std::size_t index = 0; index < command.nodes; ++index) {
        auto const http = static_cast<std::uint16_t>(command.port + index);
        if (command.port == 0)
            ports.push_back({.http = free.next(), .message = free.next(), .engine = free.next()});
        else
            ports.push_back({.http = http,
                             .message = static_cast<std::uint16_t>(http + message_offset),
                             .engine = static_cast<std::uint16_t>(http + engine_offset)});
    }
    return ports;
}

std::string at(std::uint16_t port) {
    return fmt::format("127.0.0.1:{}", port);
}
// Under the relying party's name: passkeys know none for an address.
std::string page_of(std::uint16_t port) {
    return fmt::format("http://localhost:{}", port);
}

struct Plan {
    std::vector<Ports> ports;
    std::vector<service::NewNode> nodes;
    fs::path engine;
    fs::path directory_of(std::size_t index) const { return nodes[index].data.parent_path(); }
};

// A machine each: the same ports everywhere, and people come by a proxy with TLS, or by the node's own.
service::NewNode node_of_host(NetworkInitCommand const& command, std::size_t index) {
    auto const& host = command.hosts[index];
    return {.data = {},
            .origin = "https://" + host,
            .engine_address = fmt::format("{}:{}", host, command.port + engine_offset),
            .message_address = fmt::format("{}:{}", host, command.port + message_offset)};
}

Plan make_plan(NetworkInitCommand const& command) {
    Plan plan{.ports = choose_ports(command), .nodes = {}, .engine = command.engine};
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

// TOML's basic strings have JSON's escapes.
std::string as_toml(std::string const& text) {
    return boost::json::serialize(boost::json::value(text));
}

std::string configuration_for_host(NetworkInitCommand const& command, std::size_t index) {
    return fmt::format("# Node {} of {}, by `bulla network init`: of {}.\n[server]\n"
                       "listen = \"127.0.0.1:{}\"\nnode_listen = \"0.0.0.0:{}\"\n"
                       "engine_listen = \"0.0.0.0:{}\"\ndata = \"data\"\n",
                       index + 1, command.hosts.size(), command.hosts[index], command.port,
                       command.port + message_offset, command.port + engine_offset);
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
    if (!command.hosts.empty() && (command.hosts.size() < 2 || command.port == 0 || command.issuer.empty()))
        return "--host needs two machines at least, a --port and an --issuer";
    if (!std::ranges::all_of(command.hosts, is_host_name))
        return "--host must be a name or an IPv4 address of a machine";
    if (command.port != 0 && command.port + engine_offset + command.nodes > 65'535)
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

} // namespace

ExitCode init_network(NetworkInitCommand const& asked) {
    auto command = asked;
    if (!command.hosts.empty())
        command.nodes = command.hosts.size();
    if (auto const fault = fault_of(command); !fault.empty())
        return fail(ExitCode::usage, fault);
    auto const plan = make_plan(command);
    service::Settings settings;
    settings.issuer =
        command.issuer.empty() ? page_of(plan.ports[0].http) : command.issuer;
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
