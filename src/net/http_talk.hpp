// One request and its answer on a stream that is connected: what the clients of HTTP in this folder share.
#pragma once

#include "net/http_client.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

namespace bulla::net::http_talk {

inline constexpr std::uint32_t header_size_max = 64 * 1024;

enum class After : std::uint8_t { close, keep }; // of the connection, once the answer has come

inline HttpClientFault to_fault(boost::beast::error_code const& error) {
    namespace http = boost::beast::http;
    if (error == boost::beast::error::timeout)
        return HttpClientFault::late;
    if (error == http::error::body_limit || error == http::error::header_limit)
        return HttpClientFault::too_large;
    return HttpClientFault::malformed;
}

inline boost::beast::http::request<boost::beast::http::string_body> make_message(HttpRequest request,
                                                                                 After after) {
    namespace http = boost::beast::http;
    http::request<http::string_body> message;
    message.version(11);
    message.method_string(request.method);
    message.target(request.target);
    message.set(http::field::host, request.host);
    if (after == After::close)
        message.set(http::field::connection, "close");
    for (auto const& field : request.fields)
        message.set(field.name, field.value);
    message.body() = std::move(request.body);
    message.prepare_payload();
    return message;
}

inline HttpAnswer take_answer(boost::beast::http::response<boost::beast::http::string_body> message) {
    HttpAnswer answer{.status = static_cast<int>(message.result_int()), .fields = {}, .body = {}};
    for (auto const& field : message)
        answer.fields.push_back({std::string(field.name_string()), std::string(field.value())});
    answer.body = std::move(message.body());
    return answer;
}

struct Talk {
    HttpRequest request;
    HttpBounds bounds;
    After after = After::close;
};
struct Talked {
    HttpAnswer answer;
    bool may_go_on = false; // the other side keeps the connection
};

// The stream outlives the coroutine; its own deadline bounds it.
template <class Stream>
boost::asio::awaitable<Result<Talked, HttpClientFault>> talk(Stream* stream, Talk talk) {
    namespace http = boost::beast::http;
    constexpr auto use = boost::asio::as_tuple(boost::asio::use_awaitable);
    auto const message = make_message(std::move(talk.request), talk.after);
    auto const [write_error, written] = co_await http::async_write(*stream, message, use);
    // An early refusal may come while we still write: the answer counts.
    if (write_error == boost::beast::error::timeout)
        co_return std::unexpected{HttpClientFault::late};
    boost::beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.header_limit(header_size_max);
    parser.body_limit(talk.bounds.body_size_max);
    auto const [read_error, read] = co_await http::async_read(*stream, buffer, parser, use);
    if (read_error)
        co_return std::unexpected{to_fault(read_error)};
    bool const may_go_on = parser.keep_alive();
    co_return Talked{.answer = take_answer(parser.release()), .may_go_on = may_go_on};
}

} // namespace bulla::net::http_talk
