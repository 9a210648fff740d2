// A few seeds of the simulator; bulla_simulator runs thousands. Catalogue: G4, G5, G7, G8, G9, G15, K8.
#include "simulator/simulation.hpp"

#include <gtest/gtest.h>

namespace bulla::test {
namespace {

TEST(Simulator, finds_nothing_wrong_in_a_few_seeds) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        auto const verdict = simulate(seed);
        EXPECT_FALSE(verdict.wrong.has_value()) << *verdict.wrong;
    }
}

TEST(Simulator, does_the_same_with_the_same_seed) {
    for (std::uint64_t seed = 101; seed <= 108; ++seed)
        EXPECT_EQ(simulate(seed).trace, simulate(seed).trace) << "seed " << seed;
}

TEST(Simulator, does_something_else_with_another_seed) {
    EXPECT_NE(simulate(201).trace, simulate(202).trace);
}

} // namespace
} // namespace bulla::test
