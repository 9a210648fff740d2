// A line of the engine's log (JSON) as a line of ours.
#pragma once

#include <spdlog/common.h>

#include <string>
#include <string_view>

namespace bulla::sequencer::comet {

struct EngineLine {
    spdlog::level::level_enum level = spdlog::level::info;
    std::string text;
    // Consensus has stopped for good although the process goes on: its last words of this kind.
    bool is_consensus_failure = false;
};

// The engine says several things a block at its level info: they are ours at debug. A line that is not JSON,
// as from a panic, is an error.
EngineLine parse_engine_line(std::string_view line);

} // namespace bulla::sequencer::comet
