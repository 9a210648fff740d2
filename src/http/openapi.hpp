// The OpenAPI document (docs/openapi.json), compiled in: what the server promises about each route. A unit
// test compares it with the table of routes, an end-to-end test with the answers of a running server.
#pragma once

#include "http/context.hpp"
#include "http/request.hpp"
#include "http/response.hpp"

namespace bulla::http {

std::string_view openapi_document();

boost::asio::awaitable<Response> show_openapi(Request request, Context context);

} // namespace bulla::http
