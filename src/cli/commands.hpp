// The command line: what the words and flags mean. `bulla --help` prints it.
#pragma once

#include "cli/exit_code.hpp"

namespace bulla::cli {

ExitCode run_command(int argument_count, char const* const* arguments);

} // namespace bulla::cli
