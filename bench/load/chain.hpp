// One client that registers back to back on a network of nodes: how long it waits for its receipt, and how
// long until every node could give it one.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace bulla::bench {

struct ChainPlan {
    std::uint16_t port = 0; // of the node that is asked
    std::vector<std::uint16_t> others;
    std::string name; // of the accounts: NAME, NAME-1 and so on
    std::size_t count = 100;
    std::chrono::milliseconds pause{0}; // of silence before each
};

// Of each registration, counted from its last request.
struct ChainTimes {
    std::vector<std::chrono::microseconds> receipt;
    std::vector<std::chrono::microseconds> everywhere; // a final checkpoint at each node covers its entry
    std::size_t refused = 0;
};

ChainTimes drive_chain(ChainPlan const& plan);

} // namespace bulla::bench
