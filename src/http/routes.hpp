// Every route of the server, in one table; and those of the listener that other nodes call.
#pragma once

#include "http/router.hpp"

namespace bulla::http {

class Metrics;

// The metrics outlive the routes.
std::vector<Route> make_routes(Metrics& metrics);
std::vector<Route> make_node_routes();

} // namespace bulla::http
