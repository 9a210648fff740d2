#include "http/bearer.hpp"

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

Result<service::Principal, Problem> check_bearer(Request const& request, Context const& context) {
    auto const text = bearer_text(request);
    if (!text)
        return std::unexpected{Problem::token_missing};
    return map_fault(context.application.tokens().check_bearer(*text), [](service::BearerFault fault) {
        return fault == service::BearerFault::expired ? Problem::token_expired : Problem::token_invalid;
    });
}

} // namespace bulla::http
