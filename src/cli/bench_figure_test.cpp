#include "cli/bench_figure.hpp"

#include <boost/json/object.hpp>

#include <gtest/gtest.h>

namespace bulla::cli {
namespace {

Figure beside(double rate, double reference_rate) {
    return {.name = "logins",
            .rate = rate,
            .reference = "bare",
            .reference_rate = reference_rate,
            .ratio_min = 0.8};
}

TEST(Figure, holds_from_its_bar_on) {
    EXPECT_TRUE(beside(80, 100).holds());
    EXPECT_FALSE(beside(79, 100).holds());
    EXPECT_TRUE((Figure{.name = "a", .rate = 10, .rate_min = 10}).holds());
    EXPECT_FALSE((Figure{.name = "a", .rate = 9, .rate_min = 10}).holds());
}

TEST(Rounds, show_the_one_with_the_median_ratio_and_not_the_best) {
    Rounds const rounds({beside(90, 100), beside(500, 1'000), beside(70, 100)});
    EXPECT_EQ(rounds.median().rate, 70);
    EXPECT_EQ(rounds.figures.front().ratio(), 0.5);
    EXPECT_EQ(rounds.figures.back().ratio(), 0.9);
    EXPECT_TRUE(print_row(rounds).ends_with(">= 0.80 MISSED\n"));
    EXPECT_EQ(row_json(rounds).at("holds"), false);
}

TEST(Rounds, without_a_reference_go_by_the_rate) {
    Rounds const rounds({{.name = "a", .rate = 3}, {.name = "a", .rate = 1}, {.name = "a", .rate = 2}});
    EXPECT_EQ(rounds.median().rate, 2);
}

} // namespace
} // namespace bulla::cli
