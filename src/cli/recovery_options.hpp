// The words and flags of recovery. Included where words are added alone.
#pragma once

#include "cli/client_options.hpp"

namespace bulla::cli {

// `bulla recover`, and those of `bulla account`, which is there already.
void add_recovery_commands(CLI::App& app, Action& action);

} // namespace bulla::cli
