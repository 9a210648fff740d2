// Says in the log when the list of nodes has changed, and what this node's operator must do then. What other
// nodes are let in, asked and believed follows the list by itself.
#pragma once

#include "net/thread.hpp"
#include "sequencer/head.hpp"

#include <spdlog/logger.h>

namespace bulla::cli {

class ListKeeper {
public:
    // `heads` outlives the keeper.
    ListKeeper(sequencer::HeadFeed const& heads, ledger::NodeId own, std::shared_ptr<spdlog::logger> log);

private:
    void run(std::stop_token const& stop);
    void tell(ledger::NodesRow const& before, ledger::NodesRow const& after);

    sequencer::HeadFeed const& heads_;
    ledger::NodeId const own_;
    std::shared_ptr<spdlog::logger> log_;
    net::Thread thread_; // last
};

} // namespace bulla::cli
