// The words and flags of operators. Included where words are added alone.
#pragma once

#include "cli/client_options.hpp"

namespace bulla::cli {

// `bulla operator`, and those of `bulla network`, which is there already.
void add_operator_commands(CLI::App& app, Action& action);

} // namespace bulla::cli
