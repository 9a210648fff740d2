// `bulla serve`: one node from its start to its end.
//
// Prints `listening on http://HOST:PORT` to standard output once it answers; logs go to standard error.
// SIGTERM and SIGINT end it: no new connections, requests begun are finished, what is durable is synced; exit
// 0.
#pragma once

#include "cli/configuration.hpp"
#include "cli/exit_code.hpp"

namespace bulla::cli {

ExitCode serve(Configuration const& configuration);

} // namespace bulla::cli
