// The token of a request: in the Authorization field, `TOKEN` or `Bearer TOKEN`, or in the cookie of a page.
#pragma once

#include "http/context.hpp"
#include "http/problem.hpp"
#include "http/request.hpp"
#include "service/tokens.hpp"

namespace bulla::http {

// The field's token; nothing when there is none.
std::optional<std::string_view> bearer_text(Request const& request);
// The same, or that of a session cookie where one counts (http/session_cookie.hpp).
std::optional<std::string_view> token_text(Request const& request, Context const& context);

// Faults: token_missing, token_expired, token_invalid.
Result<service::Principal, Problem> check_bearer(Request const& request, Context const& context);

} // namespace bulla::http
