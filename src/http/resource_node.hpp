// What other nodes of the network ask, on a listener of their own (docs/formats/node-messages.md).
#pragma once

#include "http/context.hpp"

namespace bulla::http {

boost::asio::awaitable<Response> answer_node(Request request, Context context);
// For a node that joins: what is offered, a chunk of it, and the engine's word on a block.
boost::asio::awaitable<Response> list_snapshots(Request request, Context context);
boost::asio::awaitable<Response> show_snapshot_chunk(Request request, Context context);
boost::asio::awaitable<Response> describe_block(Request request, Context context);

} // namespace bulla::http
