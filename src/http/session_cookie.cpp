#include "http/session_cookie.hpp"

#include "http/bearer.hpp"
#include "http/json_body.hpp"
#include "http/resource_sign_in.hpp"
#include "service/application.hpp"

#include <fmt/format.h>

namespace bulla::http {
namespace {

using HandlerPointer = std::shared_ptr<Handler const>;

// By what is configured: no field of a request decides about a cookie.
bool is_secure(Context const& context) {
    return context.application.ground().settings.issuer.starts_with("https://");
}
std::string_view cookie_name(Context const& context) {
    return is_secure(context) ? "__Host-bulla" : "bulla"; // RFC 6265bis §4.1.3.2
}

std::string print_cookie(Context const& context, std::string_view token, std::chrono::seconds lifetime) {
    return fmt::format("{}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Strict{}", cookie_name(context), token,
                       lifetime.count(), is_secure(context) ? "; Secure" : "");
}

std::string_view trim(std::string_view text) {
    auto const begin = text.find_first_not_of(" \t");
    return begin == std::string_view::npos ? std::string_view()
                                           : text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

// The value of the one pair of this name; nothing when there are two, for one of them is somebody else's.
std::optional<std::string_view> find_cookie(std::string_view field, std::string_view name) {
    std::optional<std::string_view> found;
    while (!field.empty()) {
        auto const end = field.find(';');
        auto const pair = trim(field.substr(0, end));
        field.remove_prefix(end == std::string_view::npos ? field.size() : end + 1);
        auto const equals = pair.find('=');
        if (equals == std::string_view::npos || pair.substr(0, equals) != name)
            continue;
        if (found)
            return std::nullopt;
        found = pair.substr(equals + 1);
    }
    return found;
}

bool is_safe(Method method) {
    return method == Method::get || method == Method::head;
}

// Browsers say so themselves; those too old for it send Origin with whatever changes something.
bool is_from_own_page(Request const& request, Context const& context) {
    if (auto const site = request.field("sec-fetch-site"))
        return *site == "same-origin";
    auto const origin = request.field("origin");
    if (!origin)
        return is_safe(request.method());
    auto const policy = context.application.ground().head()->policy;
    auto const scheme_end = origin->find("://");
    return std::ranges::find(policy->origins, *origin) != policy->origins.end() ||
           (scheme_end != std::string_view::npos && origin->substr(scheme_end + 3) == request.host());
}

boost::asio::awaitable<Response> answer(HandlerPointer handler, Request request, Context context) {
    auto const sent = bearer_text(request) ? std::nullopt : cookie_token(request, context);
    if (!sent)
        co_return co_await (*handler)(std::move(request), std::move(context));
    std::string const token(*sent);
    auto response = co_await (*handler)(std::move(request), context);
    auto& tokens = context.application.tokens();
    auto const principal = tokens.check_bearer(token);
    if (!principal)
        response.with("Set-Cookie", print_cookie(context, {}, {}));
    else if (auto const renewed = tokens.renew(*principal))
        response.with("Set-Cookie", print_cookie(context, renewed->access_token, renewed->lifetime));
    co_return response;
}

} // namespace

Result<TokenDelivery, Problem> parse_delivery(JsonBody const& body, Request const& request,
                                              Context const& context) {
    auto const wanted = TRY(body.optional_text("session"));
    if (!wanted)
        return TokenDelivery::body;
    if (*wanted != "cookie")
        return std::unexpected{Problem::value_not_allowed};
    if (!is_from_own_page(request, context))
        return std::unexpected{Problem::forbidden};
    return TokenDelivery::cookie;
}

Response issued_response(service::IssuedToken const& issued, TokenDelivery delivery, Context const& context) {
    auto object = issued_json(issued);
    if (delivery == TokenDelivery::body)
        return json_response(200, object);
    object.erase("access_token");
    object.erase("token_type");
    return json_response(200, object)
        .with("Set-Cookie", print_cookie(context, issued.access_token, issued.lifetime));
}

std::optional<std::string_view> cookie_token(Request const& request, Context const& context) {
    auto const field = request.field("cookie");
    bool const is_taken =
        field && context.route.access == Access::account && context.route.pattern.starts_with("/v1/");
    if (!is_taken || !is_from_own_page(request, context))
        return std::nullopt;
    return find_cookie(*field, cookie_name(context));
}

bool names_session(Request const& request, token::SessionId const& session) {
    return request.field("bulla-session") == base64url(session);
}

void keep_session_cookies(std::vector<Route>& routes) {
    for (auto& route : routes)
        if (route.access == Access::account && route.pattern.starts_with("/v1/")) {
            auto const handler = std::make_shared<Handler const>(std::move(route.handler));
            route.handler = [handler](Request request, Context context) {
                return answer(handler, std::move(request), std::move(context));
            };
        }
}

} // namespace bulla::http
