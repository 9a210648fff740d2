// `bulla account sessions|end-session|end-sessions`: where somebody is signed in, and the end of that.
#pragma once

#include "cli/account_commands.hpp"

namespace bulla::cli {

// Those that every node of the network began. Nodes that did not answer are named: theirs are missing.
ExitCode list_sessions(ServerChoice const& choice);
// One, wherever it began.
ExitCode end_session(ServerChoice const& choice, std::string const& id);
// All of them, by an entry of the ledger: also where a node does not answer now.
ExitCode end_all_sessions(ServerChoice const& choice);

} // namespace bulla::cli
