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

// `genesis` as
// print_engine_genesis() has it.
Result<void, SnapshotFault> bootstrap_engine(sequencer::comet::HomePaths const& home,
                                             std::optional<std::filesystem::path> const& program,
                                             std::string const& genesis,
                                             service::JoinedSnapshot const& joined);

} // namespace bulla::cli
