// The words and flags of the commands that talk to a server. Included where words are added alone.
#pragma once

#include "cli/output.hpp"

#include <CLI/App.hpp>

#include <functional>

namespace bulla::cli {

// What the words on the command line ask for; run after all of them were read.
using Action = std::function<ExitCode()>;

void add_client_commands(CLI::App& app, Action& action);
void add_form(CLI::App& command, OutputForm& form); // --json

} // namespace bulla::cli
