// An answer, as a resource makes it. The server adds Date, Content-Length, X-Content-Type-Options: nosniff
// and the header fields that belong to the connection.
//
// Names and content types are string literals; values may hold what came from outside: an answer with a
// control character in a value is replaced by 500 as a whole, so that one request never gets two answers on
// the wire.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace bulla::http {

enum class Problem; // problem.hpp

// Bytes of the answer: made for it, or shared by many answers (a tile, a key set), or compiled in (a page).
using Body = std::variant<std::string, std::shared_ptr<std::string const>, std::string_view>;

std::string_view body_text(Body const& body);

// Yields the next piece of an answer whose length is not known, empty at the end. It must come back at least
// every 15 seconds (server-sent events: with a comment line), for that is where a closed connection or a stop
// is noticed.
using BodySource = std::move_only_function<boost::asio::awaitable<std::string>()>;

struct ResponseField {
    std::string_view name; // a literal
    std::string value;
};

struct Response {
    int status = 200;
    std::string_view content_type; // a literal; empty when there is no body
    Body body;
    std::string_view cache_control = "no-store"; // a literal
    std::vector<ResponseField> fields;
    std::optional<std::chrono::seconds> retry_after;
    BodySource source; // when set, body is not used
    std::optional<Problem> problem; // what the answer reports, for metrics and logs

    Response& with(std::string_view name, std::string value) & {
        if (fields.empty())
            fields.reserve(4); // few answers have more
        fields.push_back({name, std::move(value)});
        return *this;
    }
    Response with(std::string_view name, std::string value) && {
        return std::move(with(name, std::move(value)));
    }
};

inline constexpr std::string_view plain_text = "text/plain; charset=utf-8";
inline constexpr std::string_view json_text = "application/json";
inline constexpr std::string_view octets = "application/octet-stream";

Response make_text(int status, std::string text);
Response make_json(int status, std::string json);
Response make_empty(int status); // 204, or a redirect together with a Location field

// The text that stands behind a status number, "OK" or "Not Found"; "Status" for one without.
std::string_view reason_phrase(int status);

} // namespace bulla::http
