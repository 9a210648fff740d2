#include "service/join_link.hpp"

#include "crypto/random.hpp"

namespace bulla::service {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::milliseconds get_time_max{30'000};
constexpr std::size_t bundle_size_max =
    std::size_t{merkle::tile_width_max} * (merkle::bundle_entry_size_max + 2);

ledger::NodesRow row_of(ledger::NodeList const& list) {
    ledger::NodesRow row{.number = list.number, .log_key = list.log_key, .origin = list.origin, .nodes = {}};
    for (auto const& [node] : list.nodes)
        row.nodes.push_back(node);
    return row;
}

std::optional<net::NodeLinks::Node> place_of(ledger::Node const& node) {
    auto peer = parse_peer(node.https_address.value_or(""));
    if (!peer || !node.tls_key_hash)
        return std::nullopt;
    return net::NodeLinks::Node{.peer = *std::move(peer),
                                .key = net::TlsKeyHash::from(node.tls_key_hash->view())};
}

} // namespace

std::unique_ptr<JoinLink> JoinLink::make(Joiner const& joiner) {
    auto const& key = joiner.keys.network.tls;
    // Who joins answers nobody.
    auto tls = key ? net::NodeTls::make(*key, [](net::TlsKeyHash const&) { return false; }) : nullptr;
    if (tls == nullptr)
        return nullptr;
    return std::unique_ptr<JoinLink>(new JoinLink(joiner, std::move(tls))); // the constructor is private
}

JoinLink::JoinLink(Joiner const& joiner, std::unique_ptr<net::NodeTls> tls)
    : joiner_(joiner), row_(row_of(joiner.invited.list)),
      own_(ledger::make_node_id(joiner.keys.node_key.public_key())), others_(row_.nodes),
      tls_(std::move(tls)), links_(*tls_) {
    std::erase_if(others_, [this](ledger::Node const& node) { return node.id == own_; });
}

JoinLink::Wanted JoinLink::want(merkle::BundleId const& bundle) {
    return {.target = "/log/" + merkle::tile_path(bundle),
            .size_max = bundle_size_max,
            .what = WrongAnswer::entries};
}
JoinLink::Wanted JoinLink::want(merkle::TileId const& tile) {
    return {.target = "/log/" + merkle::tile_path(tile),
            .size_max = std::size_t{tile.width} * merkle::NodeHash::size,
            .what = WrongAnswer::tile};
}

std::optional<SharedKeys> JoinLink::open_keys(ledger::Node const& node, base::ByteView body) const {
    auto const answer = ledger::decode<SharedKeysAnswer>(body);
    auto const from = channel_key_of(row_, node.id);
    if (!answer || !from)
        return std::nullopt;
    auto const keys = joiner_.keys.network.channel.open(*from, answer->sealed);
    if (!keys || keys->size() != SharedKeys::size)
        return std::nullopt;
    return SharedKeys::from(keys->expose());
}

asio::awaitable<std::optional<SharedKeys>> JoinLink::ask_keys(ledger::Node node) {
    NodeMessage const message{.purpose = NodePurpose::ask_shared_keys,
                              .from = own_,
                              .to = node.id,
                              .question = crypto::random_bytes<QuestionName>(joiner_.randomness),
                              .time = joiner_.clock.now(),
                              .body = {}};
    Speaker const speaker{.own = own_, .channel = joiner_.keys.network.channel, .nodes = row_};
    auto const envelope = seal_message(speaker, message, joiner_.randomness);
    auto place = place_of(node);
    if (!envelope || !place)
        co_return std::nullopt;
    net::HttpRequest request{.method = "POST",
                             .target = "/node/messages",
                             .host = *node.https_address,
                             .body = std::string(base::as_text(*envelope))};
    auto const sent = co_await links_.exchange(
        *std::move(place), std::move(request),
        {.time_max = NodeChannel::question_time_max, .body_size_max = node_message_size_max});
    if (!sent || sent->status != 200)
        co_return std::nullopt;
    auto const answer = open_envelope(speaker, base::as_bytes(sent->body), joiner_.clock.now());
    if (!answer || answer->from != node.id || answer->question != message.question ||
        answer->purpose != NodePurpose::shared_keys)
        co_return std::nullopt;
    co_return open_keys(node, answer->body);
}

asio::awaitable<std::optional<base::ByteBuffer>> JoinLink::get(ledger::Node node, Wanted wanted) {
    auto place = place_of(node);
    if (!place)
        co_return std::nullopt;
    net::HttpRequest request{
        .method = "GET", .target = std::move(wanted.target), .host = *node.https_address, .body = {}};
    auto const sent = co_await links_.exchange(*std::move(place), std::move(request),
                                               {.time_max = get_time_max, .body_size_max = wanted.size_max});
    if (!sent || sent->status != 200)
        co_return std::nullopt;
    co_return base::to_buffer(base::as_bytes(sent->body));
}

asio::awaitable<bool> JoinLink::find_good(std::vector<ledger::Node>* nodes, Wanted wanted, Accept accept) {
    for (std::size_t place = 0; place < nodes->size(); ++place) {
        auto const bytes = co_await get((*nodes)[place], wanted);
        if (bytes && accept(*bytes)) {
            std::swap((*nodes)[place], nodes->front());
            co_return true;
        }
        if (bytes)
            pass_over((*nodes)[place], wanted.what);
    }
    co_return false;
}

} // namespace bulla::service
