#include "cli/commands.hpp"
#include "crypto/start.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <exception>

int main(int argument_count, char** arguments) {
    bulla::crypto::start();
    try {
        return static_cast<int>(bulla::cli::run_command(argument_count, arguments));
    } catch (std::exception const& exception) {
        fmt::print(stderr, "bulla: {}\n", exception.what());
        return static_cast<int>(bulla::cli::ExitCode::unreachable);
    }
}
