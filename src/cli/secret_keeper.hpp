// Brings a node of a network the shared secrets that its ledger names and that it has not got
// (service/secret_exchange.hpp): looked for when a row of the network has changed, asked for until all are
// here.
#pragma once

#include "merkle/committed_map.hpp"
#include "net/thread.hpp"
#include "service/peers.hpp"

#include <boost/asio/io_context.hpp>
#include <spdlog/logger.h>

namespace bulla::cli {

class SecretKeeper {
public:
    // All outlive the keeper; the context runs until after it.
    SecretKeeper(service::SecretExchange& secrets, sequencer::HeadFeed const& heads,
                 boost::asio::io_context& context, std::shared_ptr<spdlog::logger> log);

private:
    void run(std::stop_token const& stop);
    void look();
    void fetch();

    service::SecretExchange& secrets_;
    sequencer::HeadFeed const& heads_;
    boost::asio::io_context& context_;
    std::shared_ptr<spdlog::logger> log_;
    std::optional<merkle::MapRoot> seen_; // of the network's rows, when they were looked through
    std::vector<service::WantedSecret> lacking_;
    net::Thread thread_; // last
};

} // namespace bulla::cli
