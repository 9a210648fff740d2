// The log for everybody (c2sp.org/tlog-tiles), the key set, and what supervisors ask.
//
//   GET /log/checkpoint · /log/tile/…          GET /.well-known/jwks.json          GET /healthz · /readyz
#pragma once

#include "http/context.hpp"
#include "http/request.hpp"
#include "http/response.hpp"

namespace bulla::http {

boost::asio::awaitable<Response> show_checkpoint(Request request, Context context);
boost::asio::awaitable<Response> show_tile(Request request, Context context);
boost::asio::awaitable<Response> show_key_set(Request request, Context context);
boost::asio::awaitable<Response> show_health(Request request, Context context);
boost::asio::awaitable<Response> show_readiness(Request request, Context context);

} // namespace bulla::http
