// What the program's exit status means; the same for every command.
#pragma once

namespace bulla::cli {

enum class ExitCode : int {
    good = 0,
    refused = 1,     // found wrong, or the server said no
    usage = 2,       // the command line, the configuration, or a file or directory it names
    unreachable = 3, // the server cannot be reached, or cannot start
    outdated = 4,    // the network goes on under rules that this program does not know
};

} // namespace bulla::cli
