#include "cli/network_directory.hpp"

#include "base/check.hpp"
#include "base/encoding.hpp"
#include "cli/api_client.hpp"
#include "cli/await.hpp"
#include "cli/output.hpp"
#include "cli/toml_file.hpp"
#include "merkle/checkpoint.hpp"
#include "net/http_client.hpp"

#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <charconv>

namespace bulla::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds answer_time_max{3};

std::optional<ListenAddress> listen_address(fs::path const& configuration) {
    auto const text = read_text_file(configuration);
    auto const lines = text ? parse_toml(*text) : std::vector<TomlLine>{};
    if (!lines)
        return std::nullopt;
    for (auto const& line : *lines)
        if (line.section == "server" && line.key == "listen" && line.value &&
            std::holds_alternative<std::string>(*line.value))
            return parse_listen_address(std::get<std::string>(*line.value));
    return std::nullopt;
}

std::optional<net::HttpAnswer> get(LocalNode const& node, std::string target) {
    net::HttpRequest request{.target = std::move(target), .host = print_listen_address(node.address)};
    auto answer = await_here(net::exchange(net::TcpPeer{.host = node.address.host, .port = node.address.port},
                                           std::move(request),
                                           {.time_max = answer_time_max, .body_size_max = 64 * 1024}));
    if (!answer)
        return std::nullopt;
    return *std::move(answer);
}

// Origin, size and root stand on the first three lines.
void read_checkpoint(std::string_view text, NodeReport& report) {
    auto const next_line = [&text] {
        auto const line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        return line;
    };
    next_line();
    auto const size = next_line();
    std::from_chars(size.data(), size.data() + size.size(), report.size);
    report.root = next_line();
    constexpr std::string_view cosigner = "\n\u2014 node-";
    for (auto place = text.find(cosigner); place != std::string_view::npos;
         place = text.find(cosigner, place + cosigner.size()))
        ++report.cosigners;
}

std::string want_text(std::string_view want) {
    constexpr std::pair<std::string_view, std::string_view> texts[] = {
        {"start", "it is ending"},
        {"room", "its disk is full: it takes no block until there is room"},
        {"engine", "its engine takes nothing: see its log"},
        {"signing_key", "it has no key to sign tokens yet"},
        {"records", "records of accounts have not come from other nodes yet"},
        {"clock", "its clock is not that of most other nodes: set it right"},
        {"nodes", "too few other nodes agree with it now"},
    };
    auto const* const found =
        std::ranges::find(texts, want, &std::pair<std::string_view, std::string_view>::first);
    return std::string(found == std::end(texts) ? want : found->second);
}

void read_wants(boost::json::object const& network, NodeReport& report) {
    auto const* const wants = network.if_contains("waits_for");
    if (wants == nullptr || !wants->is_array())
        return;
    for (auto const& want : wants->get_array())
        if (want.is_string())
            report.waits_for.push_back(want_text(want.get_string()));
}

void read_evidence(boost::json::object const& network, NodeReport& report) {
    auto const* const list = network.if_contains("evidence");
    if (list == nullptr || !list->is_array())
        return;
    for (auto const& value : list->get_array()) {
        auto const* const object = value.if_object();
        auto const offence = object == nullptr
                                 ? std::nullopt
                                 : service::find_offence(text_member(*object, "offence").value_or(""));
        if (offence)
            report.evidence.push_back({.node = text_member(*object, "node").value_or(""),
                                       .offence = *offence,
                                       .at = number_member(*object, "at").value_or(0)});
    }
}

void read_network(std::string_view text, NodeReport& report) {
    boost::system::error_code error;
    auto const answer = boost::json::parse(text, error);
    auto const* const object = error ? nullptr : answer.if_object();
    auto const* const rules = object == nullptr ? nullptr : object_member(*object, "rules");
    if (rules == nullptr)
        return;
    read_wants(*object, report);
    read_evidence(*object, report);
    report.rules_known = number_member(*rules, "known").value_or(0);
    report.engine_height = number_member(*rules, "engine_height").value_or(0);
    if (auto const* const agreed = object_member(*rules, "agreed"))
        report.agreed = NodeReport::Upgrade{.version = number_member(*agreed, "version").value_or(0),
                                            .height = number_member(*agreed, "height").value_or(0)};
}

} // namespace

std::string LocalNode::url() const {
    return "http://" + print_listen_address(address);
}

Result<std::vector<LocalNode>, std::string> list_nodes(fs::path const& directory) {
    std::vector<LocalNode> nodes;
    std::error_code error;
    while (true) {
        auto const name = fmt::format("node-{}", nodes.size() + 1);
        auto const place = fs::absolute(directory) / name;
        if (!fs::is_directory(place, error))
            break;
        LocalNode node{.name = name, .directory = place, .address = {}};
        auto const address = listen_address(node.configuration());
        if (!address)
            return std::unexpected{
                fmt::format("{} does not say where the node listens", node.configuration().string())};
        node.address = *address;
        nodes.push_back(std::move(node));
    }
    if (nodes.empty())
        return std::unexpected{fmt::format("{} holds no network: `bulla network init {}` makes one",
                                           directory.string(), directory.string())};
    return nodes;
}

std::string_view name(NodeReport::State state) {
    switch (state) {
    case NodeReport::State::down: return "down";
    case NodeReport::State::starting: return "not ready";
    case NodeReport::State::ready: return "ready";
    }
    CHECK_UNREACHABLE();
}

NodeReport ask_node(LocalNode const& node) {
    NodeReport report;
    auto const ready = get(node, "/readyz");
    auto const checkpoint = get(node, "/log/checkpoint");
    if (!ready || !checkpoint)
        return report;
    report.state = ready->status == 200 ? NodeReport::State::ready : NodeReport::State::starting;
    if (checkpoint->status == 200)
        read_checkpoint(checkpoint->body, report);
    if (auto const network = get(node, "/v1/network"); network && network->status == 200)
        read_network(network->body, report);
    return report;
}

} // namespace bulla::cli
