// Has a node of a network cosign each head as it is published and exchange cosignatures with the others, and
// at least every few seconds, so that an idle network is seen to live. Then too the others are told again of
// ended sessions that they have not heard of.
#pragma once

#include "net/thread.hpp"
#include "service/peers.hpp"

#include <boost/asio/io_context.hpp>

namespace bulla::cli {

class CosignerKeeper {
public:
    // All outlive the keeper; the context runs until after it.
    CosignerKeeper(service::Peers& peers, sequencer::HeadFeed const& heads, boost::asio::io_context& context);

private:
    void run(std::stop_token const& stop);

    service::Peers& peers_;
    sequencer::HeadFeed const& heads_;
    boost::asio::io_context& context_;
    net::Thread thread_; // last
};

} // namespace bulla::cli
