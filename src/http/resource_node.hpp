// What other nodes of the network ask, on a listener of their own (docs/formats/node-messages.md).
#pragma once

#include "http/context.hpp"

namespace bulla::http {

boost::asio::awaitable<Response> answer_node(Request request, Context context);

} // namespace bulla::http
