// What was tried, for tools/faults: one line a kind in the file that BULLA_FAULT_RESULTS names, if it does.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>

namespace bulla::test {

struct TriedFaults {
    std::string kind;
    std::uint64_t tried = 0;
    std::uint64_t lost = 0;    // after which something acknowledged was missing, or no start was possible
    std::uint64_t refused = 0; // after which the operation answered a fault, or the process ended
};

inline void add_result(TriedFaults const& result) {
    auto const* const file = std::getenv("BULLA_FAULT_RESULTS");
    if (file == nullptr)
        return;
    std::ofstream(file, std::ios::app)
        << result.kind << '\t' << result.tried << '\t' << result.lost << '\t' << result.refused << '\n';
}

} // namespace bulla::test
