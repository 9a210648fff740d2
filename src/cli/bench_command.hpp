// `bulla bench`: how fast the parts of a node are in this process, each figure beside a reference of the same
// run.
#pragma once

#include "cli/output.hpp"

#include <vector>

namespace bulla::cli {

struct BenchCommand {
    std::filesystem::path directory = "."; // on the disk whose syncs are measured; nothing is left there
    std::vector<std::string> parts; // of bench_parts(); none: all
    std::size_t rounds = 3;
    OutputForm form = OutputForm::text;
};

std::vector<std::string> bench_parts();

// 0 every bar is reached, 1 one is missed, 2 no such directory.
ExitCode bench(BenchCommand const& command);

} // namespace bulla::cli
