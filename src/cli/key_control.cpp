#include "cli/key_control.hpp"

#include "http/service_problem.hpp"
#include "service/application.hpp"
#include "service/faults_of_order.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace bulla::cli {
namespace {

namespace json = boost::json;

constexpr std::string_view pattern = "/control/signing-keys";

http::Response to_response(service::SigningKeyFault const& fault) {
    using enum service::SigningKeyFaultKind;
    switch (fault.kind) {
    case busy: return http::make_problem(http::Problem::too_busy, std::chrono::seconds{1});
    case no_room: return http::make_problem(http::Problem::conflict);
    case unknown_key: return http::make_problem(http::Problem::not_found);
    case ended: return http::make_problem(http::Problem::gone);
    case not_ordered:
        if (fault.order)
            return http::make_problem(service::to_service_fault(*fault.order));
        [[fallthrough]];
    case file:
    case not_listed: return http::make_problem(http::Problem::conflict);
    case unsettled: return http::make_problem(http::Problem::internal_error);
    }
    CHECK_UNREACHABLE();
}

json::object print_key(service::ListedSigningKey const& key) {
    json::object object;
    object["kid"] = token::print_key_id(key.kid);
    object["signs"] = key.signs;
    if (key.made)
        object["made"] = base::unix_milliseconds(*key.made);
    if (key.ends)
        object["ends"] = base::unix_milliseconds(*key.ends);
    return object;
}

boost::asio::awaitable<http::Response> list_keys(http::Request, http::Context context) {
    json::array keys;
    for (auto const& key : context.application.signing_keys().list())
        keys.push_back(print_key(key));
    co_return http::make_json(200, json::serialize(json::object{{"keys", std::move(keys)}}));
}

boost::asio::awaitable<http::Response> rotate_keys(http::Request, http::Context context) {
    auto const kid = co_await context.application.signing_keys().rotate();
    if (!kid)
        co_return to_response(kid.error());
    co_return http::make_json(200, json::serialize(json::object{{"kid", token::print_key_id(*kid)}}));
}

boost::asio::awaitable<http::Response> end_key(http::Request request, http::Context context) {
    auto const kid = token::parse_key_id(request.parameter("kid"));
    if (!kid)
        co_return http::make_problem(http::Problem::not_found);
    auto const ended = co_await context.application.signing_keys().end_now(*kid);
    co_return ended ? http::make_json(200, "{}") : to_response(ended.error());
}

AskedKeys ask_keys(std::filesystem::path const& data, std::string method, std::string target) {
    auto const answer = TRY(ask_control(data, std::move(method), std::move(target)));
    json::error_code error;
    auto value = json::parse(answer.body, error);
    if (error || !value.is_object())
        return std::unexpected{ControlFault::refused};
    return KeyAnswer{.status = answer.status, .body = std::move(value).as_object()};
}

} // namespace

std::vector<http::Route> make_key_routes() {
    using enum http::Method;
    auto const local = http::Access::local;
    return {
        {.method = get, .pattern = pattern, .name = "control_keys", .access = local, .handler = list_keys},
        {.method = post,
         .pattern = pattern,
         .name = "control_key_rotation",
         .access = local,
         .handler = rotate_keys},
        {.method = delete_,
         .pattern = "/control/signing-keys/{kid}",
         .name = "control_key_end",
         .access = local,
         .handler = end_key},
    };
}

AskedKeys request_key_list(std::filesystem::path const& data) {
    return ask_keys(data, "GET", std::string(pattern));
}

AskedKeys request_key_rotation(std::filesystem::path const& data) {
    return ask_keys(data, "POST", std::string(pattern));
}

AskedKeys request_key_end(std::filesystem::path const& data, ledger::KeyId const& kid) {
    return ask_keys(data, "DELETE", std::string(pattern) + "/" + token::print_key_id(kid));
}

} // namespace bulla::cli
