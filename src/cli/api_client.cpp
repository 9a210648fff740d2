#include "cli/api_client.hpp"

#include "base/encoding.hpp"
#include "cli/await.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

namespace bulla::cli {
namespace {

namespace json = boost::json;

std::string_view sentence(net::HttpClientFault fault) {
    switch (fault) {
    case net::HttpClientFault::unknown_host: return "the server's name is unknown";
    case net::HttpClientFault::not_connected: return "nobody answers there: is the server running?";
    case net::HttpClientFault::late: return "the server did not answer in time";
    case net::HttpClientFault::malformed: return "the answer is not HTTP";
    case net::HttpClientFault::too_large: return "the answer is too large";
    }
    CHECK_UNREACHABLE();
}

std::optional<json::object> parse_object(std::string_view text) {
    json::error_code error;
    auto value = json::parse(text, error);
    if (error || !value.is_object())
        return std::nullopt;
    return std::move(value).as_object();
}

// The title and detail of a problem (RFC 9457), else the status alone.
ApiFault refusal(net::HttpAnswer const& answer) {
    auto const problem = parse_object(answer.body);
    auto const title = problem ? text_member(*problem, "title") : std::nullopt;
    auto const detail = problem ? text_member(*problem, "detail") : std::nullopt;
    auto reason =
        title ? fmt::format("{}. {}", *title, detail.value_or("")) : fmt::format("status {}", answer.status);
    return {.kind = ApiFault::Kind::refused, .status = answer.status, .reason = std::move(reason)};
}

Answered<json::object> to_object(net::HttpAnswer const& answer) {
    if (answer.status < 200 || answer.status > 299)
        return std::unexpected{refusal(answer)};
    auto object = parse_object(answer.body);
    if (!object)
        return std::unexpected{ApiFault{.kind = ApiFault::Kind::malformed,
                                        .status = answer.status,
                                        .reason = "the answer is not of the form"}};
    return *std::move(object);
}

} // namespace

std::optional<ApiClient> ApiClient::make(std::string_view url) {
    auto parsed = net::parse_http_url(url);
    if (!parsed)
        return std::nullopt;
    return ApiClient(*std::move(parsed));
}

Answered<net::HttpAnswer> ApiClient::ask(std::string method, std::string_view path, std::string body) const {
    net::HttpRequest request{.method = std::move(method),
                             .target = fmt::format("{}{}", server_.prefix, path),
                             .host = server_.host,
                             .fields = {},
                             .body = std::move(body)};
    if (!request.body.empty())
        request.fields.push_back({"Content-Type", "application/json"});
    if (!access_token_.empty())
        request.fields.push_back({"Authorization", fmt::format("Bearer {}", access_token_)});
    return map_fault(
        await_here(net::exchange(server_.peer, std::move(request), {})), [](net::HttpClientFault fault) {
            return ApiFault{.kind = ApiFault::Kind::unreachable, .reason = std::string(sentence(fault))};
        });
}

Answered<json::object> ApiClient::get(std::string_view path) const {
    return to_object(TRY(ask("GET", path)));
}

Answered<json::object> ApiClient::post(std::string_view path, json::object const& body) const {
    return to_object(TRY(ask("POST", path, json::serialize(body))));
}

std::optional<std::string> text_member(json::object const& object, std::string_view name) {
    auto const* const value = object.if_contains(name);
    if (value == nullptr || !value->is_string())
        return std::nullopt;
    return std::string(value->get_string());
}

std::optional<std::uint64_t> number_member(json::object const& object, std::string_view name) {
    auto const* const value = object.if_contains(name);
    json::error_code error;
    if (value == nullptr || !value->is_number())
        return std::nullopt;
    auto const number = value->to_number<std::uint64_t>(error);
    return error ? std::nullopt : std::optional(number);
}

std::optional<base::ByteBuffer> bytes_member(json::object const& object, std::string_view name) {
    auto const text = text_member(object, name);
    return text ? base::parse_base64url(*text) : std::nullopt;
}

json::object const* object_member(json::object const& object, std::string_view name) {
    auto const* const value = object.if_contains(name);
    return value == nullptr ? nullptr : value->if_object();
}

} // namespace bulla::cli
