// The words and flags of the commands that talk to a server. Included where words are added alone.
#pragma once

#include "cli/account_commands.hpp"

#include <CLI/App.hpp>

#include <functional>

namespace bulla::cli {

// What the words on the command line ask for; run after all of them were read.
using Action = std::function<ExitCode()>;

enum class Asks : std::uint8_t { no_password, password };

// --server and --json, and where a password is asked for what says where it comes from. The choice outlives
// the command.
void add_choice(CLI::App& command, ServerChoice& choice, Asks asks);

void add_client_commands(CLI::App& app, Action& action);
void add_form(CLI::App& command, OutputForm& form); // --json

} // namespace bulla::cli
