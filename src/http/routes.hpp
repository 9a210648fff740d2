// Every route of the server, in one table.
#pragma once

#include "http/router.hpp"

namespace bulla::http {

class Metrics;

// The metrics outlive the routes.
std::vector<Route> make_routes(Metrics& metrics);

} // namespace bulla::http
