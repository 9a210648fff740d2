// News of blocks as they come (server-sent events, HTML §9.2).
//
//   GET /v1/events
//
//   event: block
//   id: HEIGHT
//   data: {"height":…,"time":…,"index":…,"entries":…,"checkpoint":"…"}
//
// The newest block first, or those after Last-Event-ID, if they are not too old; a comment line when nothing
// came for 15 seconds. The checkpoint is one that covers the block: of the newest block, its own.
#pragma once

#include "http/context.hpp"

namespace bulla::http {

boost::asio::awaitable<Response> show_events(Request request, Context context);

// GET /v1/sign-ins: how many were completed in each hour at this node (service/sign_in_hours.hpp).
boost::asio::awaitable<Response> show_sign_ins(Request request, Context context);

} // namespace bulla::http
