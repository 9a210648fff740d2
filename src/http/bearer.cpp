#include "http/bearer.hpp"

#include "http/session_cookie.hpp"
#include "service/application.hpp"

namespace bulla::http {

std::optional<std::string_view> bearer_text(Request const& request) {
    auto const field = request.field("authorization");
    if (!field || field->empty())
        return std::nullopt;
    auto text = *field;
    constexpr std::string_view scheme = "bearer ";
    if (text.size() > scheme.size() && equals_ignoring_case(text.substr(0, scheme.size()), scheme))
        text.remove_prefix(scheme.size());
    return text;
}

std::optional<std::string_view> token_text(Request const& request, Context const& context) {
    auto const text = bearer_text(request);
    return text ? text : cookie_token(request, context);
}

Result<service::Principal, Problem> check_bearer(Request const& request, Context const& context) {
    auto const text = token_text(request, context);
    if (!text)
        return std::unexpected{Problem::token_missing};
    auto principal =
        TRY(map_fault(context.application.tokens().check_bearer(*text), [](service::BearerFault fault) {
            return fault == service::BearerFault::expired ? Problem::token_expired : Problem::token_invalid;
        }));
    if (!bearer_text(request) && !names_session(request, principal.session))
        return std::unexpected{Problem::token_invalid};
    return principal;
}

} // namespace bulla::http
