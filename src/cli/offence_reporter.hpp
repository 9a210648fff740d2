// Tells the operator of nodes that break the rules: what proves it goes onto the shelf
// (service/evidence.hpp), and a line into the log, once for each.
#pragma once

#include "sequencer/comet/application.hpp"
#include "service/cosigning.hpp"
#include "service/evidence.hpp"

#include <spdlog/logger.h>

namespace bulla::cli {

// The shelf outlives both.
service::Cosigning::ForkObserver make_fork_reporter(service::EvidenceShelf& shelf,
                                                    std::shared_ptr<spdlog::logger> log);
std::function<void(sequencer::comet::Misbehaviour const&)> make_misbehaviour_reporter(
    service::EvidenceShelf& shelf, std::shared_ptr<spdlog::logger> log);

} // namespace bulla::cli
