// The session of a page, in a cookie that no script can read (docs/http.md, decision 0028).
//
// It holds an access token, and counts for the routes of /v1 alone, where no Authorization field is sent, the
// request comes from a page of this server (Fetch Metadata, else Origin), and the field Bulla-Session names
// the session. So no other site acts with it, and no tab with a session that another tab has begun.
// Everywhere else it is as if none were sent.
#pragma once

#include "http/context.hpp"
#include "http/problem.hpp"
#include "http/router.hpp"
#include "service/tokens.hpp"

namespace bulla::http {

class JsonBody;

// Where a login's token goes.
enum class TokenDelivery : std::uint8_t {
    body,
    cookie, // and it stands nowhere else
};
// By the member `session` of a login's last body: "cookie", or not there. Faults: value_not_allowed;
// forbidden, for pages of others.
Result<TokenDelivery, Problem> parse_delivery(JsonBody const& body, Request const& request,
                                              Context const& context);
Response issued_response(service::IssuedToken const& issued, TokenDelivery delivery, Context const& context);

// The cookie's token where it counts; the field Bulla-Session has still to be compared.
std::optional<std::string_view> cookie_token(Request const& request, Context const& context);
// Whether Bulla-Session names it.
bool names_session(Request const& request, token::SessionId const& session);

// The answers of routes that take a cookie: it is renewed when half its time is over, and taken away when its
// session has ended.
void keep_session_cookies(std::vector<Route>& routes);

} // namespace bulla::http
