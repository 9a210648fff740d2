// The Authorization field of a request: `TOKEN` or `Bearer TOKEN`.
#pragma once

#include "http/context.hpp"
#include "http/problem.hpp"
#include "http/request.hpp"
#include "service/tokens.hpp"

namespace bulla::http {

// The token's text; nothing when there is none.
std::optional<std::string_view> bearer_text(Request const& request);

// Faults: token_missing, token_expired, token_invalid.
Result<service::Principal, Problem> check_bearer(Request const& request, Context const& context);

} // namespace bulla::http
