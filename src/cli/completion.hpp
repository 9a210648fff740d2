// Shell completion, made of the commands and options themselves, so that it never lags behind them.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace bulla::cli {

enum class Shell : bool { bash, zsh };

// A script to be sourced. It offers the commands and options that may follow, and file names otherwise.
std::string make_completion(CLI::App const& app, Shell shell);

} // namespace bulla::cli
