// Catalogue: J7 (the number of series is bounded, whatever is asked for).
#include "http/metrics.hpp"

#include "http/problem.hpp"

#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <thread>

namespace bulla::http {
namespace {

using namespace std::chrono_literals;

Route route(std::string_view name) {
    return {.method = Method::get, .pattern = "/", .name = name, .access = Access::anyone, .handler = {}};
}

std::string print(Metrics const& metrics) {
    Readings readings;
    metrics.read(readings);
    return readings.print();
}

std::set<std::string> series(Metrics const& metrics) {
    std::set<std::string> names;
    std::istringstream text(print(metrics));
    for (std::string line; std::getline(text, line);)
        if (!line.starts_with('#'))
            names.insert(line.substr(0, line.find_last_of(' ')));
    return names;
}

TEST(Metrics, count_requests_by_route_and_status) {
    Metrics metrics;
    metrics.know({route("one"), route("two")});
    metrics.count({.route = "one", .status = 200, .duration = 3ms});
    metrics.count({.route = "one", .status = 200, .duration = 30ms});
    metrics.count({.route = "two", .status = 503, .problem = Problem::too_busy});
    auto const text = print(metrics);
    EXPECT_TRUE(text.contains("bulla_http_requests_total{route=\"one\",status=\"200\"} 2\n")) << text;
    EXPECT_TRUE(text.contains("bulla_http_requests_total{route=\"two\",status=\"503\"} 1\n"));
    EXPECT_TRUE(text.contains("bulla_http_requests_total{route=\"two\",status=\"200\"} 0\n"));
    EXPECT_TRUE(text.contains("bulla_http_request_seconds_bucket{route=\"one\",le=\"0.0025\"} 0\n"));
    EXPECT_TRUE(text.contains("bulla_http_request_seconds_bucket{route=\"one\",le=\"0.005\"} 1\n"));
    EXPECT_TRUE(text.contains("bulla_http_request_seconds_bucket{route=\"one\",le=\"+Inf\"} 2\n"));
    EXPECT_TRUE(text.contains("bulla_http_request_seconds_sum{route=\"one\"} 0.033\n"));
    EXPECT_TRUE(text.contains("bulla_http_problems_total{problem=\"too_busy\"} 1\n"));
    EXPECT_TRUE(text.contains("bulla_http_problems_total{problem=\"internal_error\"} 0\n"));
}

TEST(Metrics, have_a_bounded_number_of_series_whatever_is_asked_for) {
    Metrics metrics;
    metrics.know({route("one")});
    metrics.count({.route = "none of these", .status = 404});
    auto const before = series(metrics);
    for (int count = 0; count < 1000; ++count) {
        auto const name = "route" + std::to_string(count);
        metrics.count({.route = name, .status = 404});
    }
    EXPECT_EQ(series(metrics), before);
    metrics.count({.route = "one", .status = -5});
    metrics.count({.route = "one", .status = 100'000});
    EXPECT_EQ(series(metrics).size(), before.size() + 2);
}

TEST(Metrics, lose_no_count_between_threads) {
    Metrics metrics;
    metrics.know({route("one")});
    {
        std::vector<std::jthread> threads;
        for (int thread = 0; thread < 4; ++thread)
            threads.emplace_back([&] {
                for (int count = 0; count < 1000; ++count)
                    metrics.count({.route = "one", .status = 200, .problem = Problem::not_found});
            });
    }
    auto const text = print(metrics);
    EXPECT_TRUE(text.contains("bulla_http_requests_total{route=\"one\",status=\"200\"} 4000\n"));
    EXPECT_TRUE(text.contains("bulla_http_request_seconds_count{route=\"one\"} 4000\n"));
    EXPECT_TRUE(text.contains("bulla_http_problems_total{problem=\"not_found\"} 4000\n"));
}

TEST(Problems, are_all_listed_once) {
    std::set<std::string_view> names;
    for (auto const problem : all_problems())
        names.insert(problem_text(problem).name);
    EXPECT_EQ(names.size(), all_problems().size());
}

} // namespace
} // namespace bulla::http
