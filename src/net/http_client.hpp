// One HTTP/1.1 request and its answer (RFC 9112), over TCP or a unix socket, in plain text.
//
// A connection serves one request. The whole exchange has one deadline; an answer beyond the size given, and
// one that is not HTTP, is a fault. Nothing is followed: no redirects, no cookies, no environment variables.
#pragma once

#include "base/result.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace bulla::net {

struct TcpPeer {
    std::string host; // a name or an IP address without brackets
    std::uint16_t port = 80;
};
struct UnixPeer {
    std::string path;
};
using HttpPeer = std::variant<TcpPeer, UnixPeer>;

struct HttpField {
    std::string name;
    std::string value;
};

struct HttpRequest {
    std::string method = "GET"; // as RFC 9110 spells it
    std::string target = "/";
    std::string host; // the Host field
    std::vector<HttpField> fields = {};
    std::string body = {};
};

struct HttpAnswer {
    int status = 0;
    std::vector<HttpField> fields;
    std::string body;

    std::optional<std::string_view> field(std::string_view name) const; // case is ignored; the first
};

enum class HttpClientFault : std::uint8_t {
    unknown_host,
    not_connected, // nobody listens there
    late,          // the deadline is over
    malformed,     // the answer is not HTTP, or ended early
    too_large,
};

struct HttpBounds {
    std::chrono::milliseconds time_max = std::chrono::seconds(30);
    std::size_t body_size_max = 1024 * 1024;
};

boost::asio::awaitable<Result<HttpAnswer, HttpClientFault>> exchange(HttpPeer peer, HttpRequest request,
                                                                     HttpBounds bounds);

// http://host[:port][/prefix], as `--server` names one; nothing for another scheme.
struct HttpUrl {
    TcpPeer peer;
    std::string host;   // the Host field
    std::string prefix; // path without slash at the end
};
std::optional<HttpUrl> parse_http_url(std::string_view text);

} // namespace bulla::net
