#include "service/node_channel.hpp"

#include "crypto/random.hpp"

#include <algorithm>
#include <charconv>

namespace bulla::service {
std::optional<net::TcpPeer> parse_peer(std::string_view address) {
    auto const colon = address.rfind(':');
    if (colon == std::string_view::npos)
        return std::nullopt;
    auto host = address.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    net::TcpPeer peer{.host = std::string(host)};
    auto const port = address.substr(colon + 1);
    auto const [end, error] = std::from_chars(port.data(), port.data() + port.size(), peer.port);
    if (error != std::errc{} || end != port.data() + port.size())
        return std::nullopt;
    return peer;
}

bool is_tls_key_of_a_node(sequencer::Head const& head, net::TlsKeyHash const& key) {
    return std::ranges::any_of(head.nodes->nodes, [&](ledger::Node const& node) {
        return node.tls_key_hash && std::ranges::equal(node.tls_key_hash->view(), key.view());
    });
}

boost::asio::awaitable<Result<net::HttpAnswer, net::HttpClientFault>> NodeChannel::send(
    ledger::Node node, net::HttpRequest request) {
    auto peer = parse_peer(node.https_address.value_or(""));
    net::HttpBounds const bounds{.time_max = question_time_max, .body_size_max = node_message_size_max};
    if (!peer)
        co_return std::unexpected{net::HttpClientFault::unknown_host};
    if (!node.tls_key_hash)
        co_return co_await net::exchange(*std::move(peer), std::move(request), bounds);
    if (!links_)
        co_return std::unexpected{net::HttpClientFault::not_connected};
    net::NodeLinks::Node to{.peer = *std::move(peer),
                            .key = net::TlsKeyHash::from(node.tls_key_hash->view())};
    co_return co_await links_->exchange(std::move(to), std::move(request), bounds);
}

boost::asio::awaitable<std::optional<base::ByteBuffer>> NodeChannel::ask(ledger::Node node,
                                                                         NodePurpose purpose,
                                                                         base::ByteBuffer body) {
    NodeMessage const message{.purpose = purpose,
                              .from = ground_.node,
                              .to = node.id,
                              .question = crypto::random_bytes<QuestionName>(ground_.randomness),
                              .time = ground_.clock.now(),
                              .body = std::move(body)};
    auto const envelope = seal_message(ground_, message);
    if (!envelope)
        co_return std::nullopt;
    net::HttpRequest request{.method = "POST",
                             .target = "/node/messages",
                             .host = node.https_address.value_or(""),
                             .body = std::string(base::as_text(*envelope))};
    auto const id = node.id;
    auto const sent = co_await send(std::move(node), std::move(request));
    if (!sent || sent->status != 200)
        co_return std::nullopt;
    auto answer = open_envelope(ground_, base::as_bytes(sent->body));
    if (!answer || answer->from != id || answer->question != message.question ||
        answer->purpose != answer_to(purpose))
        co_return std::nullopt;
    co_return std::move(answer->body);
}

} // namespace bulla::service
