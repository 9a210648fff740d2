// One seed: a node is founded, lives a few lives on one disk, and is compared with the oracle after each.
#pragma once

#include "simulator/oracle.hpp"

#include <optional>
#include <string>

namespace bulla::test {

struct Verdict {
    std::optional<std::string> wrong;
    HashBytes trace{}; // same seed, same trace
    std::bitset<probe_count> probes;
    std::uint64_t lives = 0;
    std::uint64_t crashes = 0;
    std::uint64_t acknowledged = 0;
    std::uint64_t refused = 0;
};

// The calling process must never have used RocksDB: lives are its children.
Verdict simulate(std::uint64_t seed);

} // namespace bulla::test
