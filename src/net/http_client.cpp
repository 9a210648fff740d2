#include "net/http_client.hpp"

#include "net/http_talk.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/url/parse.hpp>

#include <algorithm>

namespace bulla::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;

constexpr auto use = asio::as_tuple(asio::use_awaitable);
using Exchanged = Result<HttpAnswer, HttpClientFault>;

std::unexpected<HttpClientFault> fault(HttpClientFault kind) {
    return std::unexpected{kind};
}

template <class Stream>
asio::awaitable<Exchanged> talk(Stream* stream, HttpRequest request, HttpBounds bounds) {
    auto talked = CO_TRY(co_await http_talk::talk(stream, {.request = std::move(request), .bounds = bounds}));
    co_return std::move(talked.answer);
}

struct Connect {
    HttpRequest request;
    HttpBounds bounds;

    asio::awaitable<Exchanged> to(UnixPeer peer) {
        beast::basic_stream<asio::local::stream_protocol> stream(co_await asio::this_coro::executor);
        stream.expires_after(bounds.time_max);
        if (peer.path.size() >= sizeof(sockaddr_un::sun_path))
            co_return fault(HttpClientFault::unknown_host);
        auto const [error] =
            co_await stream.async_connect(asio::local::stream_protocol::endpoint(peer.path), use);
        if (error)
            co_return fault(HttpClientFault::not_connected);
        co_return co_await talk(&stream, std::move(request), bounds);
    }

    asio::awaitable<Exchanged> to(TcpPeer peer) {
        auto const executor = co_await asio::this_coro::executor;
        asio::ip::tcp::resolver resolver(executor);
        auto const [unknown, places] =
            co_await resolver.async_resolve(peer.host, std::to_string(peer.port), use);
        if (unknown)
            co_return fault(HttpClientFault::unknown_host);
        beast::basic_stream<asio::ip::tcp> stream(executor);
        stream.expires_after(bounds.time_max);
        auto const [error, endpoint] = co_await stream.async_connect(places, use);
        if (error)
            co_return fault(error == beast::error::timeout ? HttpClientFault::late
                                                           : HttpClientFault::not_connected);
        co_return co_await talk(&stream, std::move(request), bounds);
    }
};

} // namespace

std::optional<std::string_view> HttpAnswer::field(std::string_view name) const {
    auto const found =
        std::ranges::find_if(fields, [&](HttpField const& each) { return beast::iequals(each.name, name); });
    return found == fields.end() ? std::nullopt : std::optional<std::string_view>(found->value);
}

asio::awaitable<Exchanged> exchange(HttpPeer peer, HttpRequest request, HttpBounds bounds) {
    Connect connect{.request = std::move(request), .bounds = bounds};
    if (auto* const unix_peer = std::get_if<UnixPeer>(&peer))
        co_return co_await connect.to(std::move(*unix_peer));
    co_return co_await connect.to(std::get<TcpPeer>(std::move(peer)));
}

std::optional<HttpUrl> parse_http_url(std::string_view text) {
    auto const url = boost::urls::parse_uri(text);
    if (!url || url->scheme() != "http" || url->has_query() || url->has_fragment() || url->has_userinfo() ||
        url->encoded_host().empty() || (url->has_port() && url->port_number() == 0))
        return std::nullopt;
    HttpUrl parsed;
    parsed.peer.host = url->host_type() == boost::urls::host_type::ipv6
                           ? std::string(url->host_ipv6_address().to_string())
                           : std::string(url->host());
    parsed.peer.port = url->has_port() ? url->port_number() : 80;
    parsed.host = std::string(std::string_view(url->encoded_host_and_port()));
    parsed.prefix = std::string(std::string_view(url->encoded_path()));
    while (parsed.prefix.ends_with('/'))
        parsed.prefix.pop_back();
    return parsed;
}

} // namespace bulla::net
