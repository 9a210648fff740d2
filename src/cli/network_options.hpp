// The words and flags of `bulla network`.
#pragma once

#include "cli/client_options.hpp"

namespace bulla::cli {

void add_network_commands(CLI::App& app, Action& action);

} // namespace bulla::cli
