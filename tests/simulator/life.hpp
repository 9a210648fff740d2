// One life of the node: a start, random work, and an end that was drawn before.
//
// The whole life is drawn from one seed. The oracle hears of each act before it is begun and when it is
// acknowledged.
#pragma once

#include "simulator/node.hpp"

#include <random>

namespace bulla::test {

enum class LifeEnd : std::uint8_t {
    in_order,           // stopped
    in_order_power_cut, // stopped, and then the power goes
    dropped,            // killed between two acts
    by_fault,           // as the fault says
};

// What the child that lived it exits with.
inline constexpr int life_ended = 0;
inline constexpr int life_refused = 1; // a start that a broken disk did not let happen
inline constexpr int life_wrong = 2;   // said on standard error

struct LifePlan {
    std::uint64_t seed = 0;
    LifeEnd end = LifeEnd::in_order;
    DiskFault fault = {}; // with by_fault
};
LifePlan draw_plan(std::mt19937_64& choose);

// To be called in a process of its own, which it may end.
int live(LifePlan const& plan, NodePlaces const& places, Oracle& oracle);
// The copy of the ledger that some life made, put in the place of the ledger: the guard must not let it.
int try_old_copy(NodePlaces const& places, Oracle& oracle);

} // namespace bulla::test
