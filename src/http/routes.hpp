// Every route of the server, in one table.
#pragma once

#include "http/router.hpp"

namespace bulla::http {

std::vector<Route> make_routes();

} // namespace bulla::http
