// On a node of a network: what it answers from its own state it answers only while it holds its lease
// (DESIGN §7); else 503. And a token that another node gave out is good here too: its session is asked for.
#pragma once

#include "http/router.hpp"

namespace bulla::http {

// Routes that check a token, and those of logins.
void answer_under_lease(std::vector<Route>& routes);

} // namespace bulla::http
