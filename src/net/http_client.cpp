#include "net/http_client.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/url/parse.hpp>

#include <algorithm>

namespace bulla::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr auto use = asio::as_tuple(asio::use_awaitable);
constexpr std::uint32_t header_size_max = 64 * 1024;

using Exchanged = Result<HttpAnswer, HttpClientFault>;

std::unexpected<HttpClientFault> fault(HttpClientFault kind) {
    return std::unexpected{kind};
}

HttpClientFault to_fault(beast::error_code const& error) {
    if (error == beast::error::timeout)
        return HttpClientFault::late;
    if (error == http::error::body_limit || error == http::error::header_limit)
        return HttpClientFault::too_large;
    return HttpClientFault::malformed;
}

http::request<http::string_body> make_message(HttpRequest request) {
    http::request<http::string_body> message;
    message.version(11);
    message.method_string(request.method);
    message.target(request.target);
    message.set(http::field::host, request.host);
    message.set(http::field::connection, "close");
    for (auto const& field : request.fields)
        message.set(field.name, field.value);
    message.body() = std::move(request.body);
    message.prepare_payload();
    return message;
}

HttpAnswer take_answer(http::response<http::string_body> message) {
    HttpAnswer answer{.status = static_cast<int>(message.result_int()), .fields = {}, .body = {}};
    for (auto const& field : message)
        answer.fields.push_back({std::string(field.name_string()), std::string(field.value())});
    answer.body = std::move(message.body());
    return answer;
}

template <class Stream>
asio::awaitable<Exchanged> talk(Stream& stream, HttpRequest request, HttpBounds bounds) {
    auto const message = make_message(std::move(request));
    auto const [write_error, written] = co_await http::async_write(stream, message, use);
    // An early refusal may come while we still write: the answer counts.
    if (write_error == beast::error::timeout)
        co_return fault(HttpClientFault::late);
    beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.header_limit(header_size_max);
    parser.body_limit(bounds.body_size_max);
    auto const [read_error, read] = co_await http::async_read(stream, buffer, parser, use);
    if (read_error)
        co_return fault(to_fault(read_error));
    co_return take_answer(parser.release());
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
        co_return co_await talk(stream, std::move(request), bounds);
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
        co_return co_await talk(stream, std::move(request), bounds);
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
