// Makes the stores of an engine that begins after a snapshot: `cometbft bootstrap`, which verifies the
// engine's headers before it writes anything (engine/bootstrap.go).
#pragma once

#include "sequencer/comet/engine_home.hpp"
#include "service/snapshot_join.hpp"

namespace bulla::cli {

enum class SnapshotFault : std::uint8_t {
    no_engine,   // no such program
    not_written, // a file
    not_proved,  // of no node's blocks; the engine's words are on standard error
};

// What the engine knows of blocks; its last vote stays.
void remove_engine_stores(sequencer::comet::HomePaths const& home);

struct EngineToBegin {
    sequencer::comet::HomePaths home;
    std::optional<std::filesystem::path> program;
    std::string genesis; // as print_engine_genesis() has it
};
// `pass_over` is told of each node whose blocks are not accepted.
Result<void, SnapshotFault> bootstrap_engine(EngineToBegin const& engine,
                                             service::JoinedSnapshot const& joined,
                                             std::function<void(ledger::NodeId const&)> const& pass_over);

} // namespace bulla::cli
