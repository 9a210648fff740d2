// docs/openapi.json against the table of routes and the kinds of problems, both ways.
#include "http/openapi.hpp"

#include "http/metrics.hpp"
#include "http/routes.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <map>
#include <set>

namespace bulla::http {
namespace {

namespace json = boost::json;

json::value const& document() {
    static auto const parsed = json::parse(openapi_document());
    return parsed;
}

std::string text_of(json::value const& value) {
    return std::string(std::string_view(value.as_string()));
}

// What the table and the document both say of a route, as one line: names of parameters count too.
std::string promise(std::string_view method, std::string_view pattern, Access access, std::size_t body_max) {
    auto line = std::string(method) + " " + std::string(pattern);
    line += access == Access::account  ? " by account"
            : access == Access::anyone ? " by anyone"
                                       : " by others";
    return line + ", body " + std::to_string(body_max);
}

std::set<std::string> promises_of_table() {
    Metrics metrics;
    std::set<std::string> lines;
    for (auto const& route : make_routes(metrics))
        lines.insert(promise(method_text(route.method), route.pattern, route.access, route.body_max));
    return lines;
}

Access access_of(json::object const& operation) {
    auto const& security = operation.at("security").as_array();
    if (security.empty())
        return Access::anyone;
    bool const is_bearer = security.size() == 1 && security[0].as_object().contains("bearer");
    return is_bearer ? Access::account : Access::local;
}

std::size_t body_max_of(json::object const& operation) {
    auto const* const body = operation.if_contains("requestBody");
    return body == nullptr ? 0 : body->at("x-body-max").to_number<std::size_t>();
}

// Several paths may describe one route, which they then name.
std::string pattern_of(std::string_view path, json::object const& item) {
    auto const* const route = item.if_contains("x-route");
    return route == nullptr ? std::string(path) : text_of(*route);
}

std::string upper(std::string_view text) {
    std::string upper(text);
    std::ranges::transform(upper, upper.begin(), [](char c) { return static_cast<char>(c - 'a' + 'A'); });
    return upper;
}

using Visit = std::function<void(std::string_view path, std::string_view method, json::object const&)>;
void each_operation(Visit const& visit) {
    for (auto const& [path, item] : document().at("paths").as_object())
        for (auto const& [method, operation] : item.as_object())
            if (!method.starts_with("x-"))
                visit(path, method, operation.as_object());
}

std::set<std::string> promises_of_document() {
    std::set<std::string> lines;
    each_operation([&](std::string_view path, std::string_view method, json::object const& operation) {
        auto const& item = document().at("paths").at(path).as_object();
        lines.insert(
            promise(upper(method), pattern_of(path, item), access_of(operation), body_max_of(operation)));
    });
    return lines;
}

} // namespace

TEST(OpenApi, is_the_file_to_the_byte) {
    std::ifstream file("docs/openapi.json", std::ios::binary);
    std::string const text{std::istreambuf_iterator<char>(file), {}};
    EXPECT_FALSE(text.empty());
    EXPECT_EQ(openapi_document(), text);
}

TEST(OpenApi, describes_each_route_of_the_table_and_no_other) {
    EXPECT_EQ(promises_of_document(), promises_of_table());
}

TEST(OpenApi, calls_each_operation_by_the_name_of_its_route) {
    Metrics metrics;
    std::map<std::string, std::string> names;
    for (auto const& route : make_routes(metrics))
        names[std::string(method_text(route.method)) + " " + std::string(route.pattern)] = route.name;
    each_operation([&](std::string_view path, std::string_view method, json::object const& operation) {
        auto const& item = document().at("paths").at(path).as_object();
        if (item.contains("x-route"))
            return; // several operations, each with a name of its own
        EXPECT_EQ(text_of(operation.at("operationId")), names[upper(method) + " " + std::string(path)]);
    });
}

TEST(OpenApi, asks_for_the_parameters_that_stand_in_the_path) {
    each_operation([&](std::string_view path, std::string_view, json::object const& operation) {
        std::size_t asked = 0;
        if (auto const* const parameters = operation.if_contains("parameters"))
            for (auto const& parameter : parameters->as_array()) {
                if (parameter.at("in").as_string() == "header")
                    continue;
                EXPECT_EQ(parameter.at("in").as_string(), "path") << path;
                EXPECT_TRUE(path.contains("{" + text_of(parameter.at("name")) + "}")) << path;
                ++asked;
            }
        EXPECT_EQ(asked, static_cast<std::size_t>(std::ranges::count(path, '{'))) << path;
    });
}

// A token's absence, age or fault can be answered wherever one is asked for.
TEST(OpenApi, lists_401_where_a_token_is_asked_for) {
    each_operation([&](std::string_view path, std::string_view, json::object const& operation) {
        if (access_of(operation) != Access::anyone)
            EXPECT_TRUE(operation.at("responses").as_object().contains("401")) << path;
    });
}

TEST(OpenApi, lists_every_kind_of_problem_and_no_other) {
    std::set<std::string> listed;
    for (auto const& type :
         document().at_pointer("/components/schemas/Problem/properties/type/enum").as_array())
        listed.insert(text_of(type));
    std::set<std::string> known;
    for (auto const problem : all_problems())
        known.insert("/problems/" + std::string(problem_text(problem).name));
    EXPECT_EQ(listed, known);
}

// A schema of an answer names its status and the kinds that have it.
TEST(OpenApi, puts_each_kind_of_problem_at_its_status) {
    std::map<std::string, int> status_of;
    for (auto const problem : all_problems()) {
        auto const text = problem_text(problem);
        status_of["/problems/" + std::string(text.name)] = text.status;
    }
    auto const check = [&](json::value const& answer, std::string_view status) {
        auto const* const content = answer.as_object().if_contains("content");
        auto const* const problem =
            content == nullptr ? nullptr : content->as_object().if_contains("application/problem+json");
        if (problem == nullptr)
            return;
        auto const& properties = problem->at_pointer("/schema/allOf/1/properties");
        auto const stated = std::to_string(properties.at_pointer("/status/const").as_int64());
        EXPECT_TRUE(status.empty() || stated == status) << status;
        for (auto const& type : properties.at_pointer("/type/enum").as_array())
            EXPECT_EQ(std::to_string(status_of.at(text_of(type))), stated) << type;
    };
    for (auto const& [name, answer] : document().at_pointer("/components/responses").as_object())
        check(answer, {});
    each_operation([&](std::string_view, std::string_view, json::object const& operation) {
        for (auto const& [status, answer] : operation.at("responses").as_object())
            check(answer, status);
    });
}

} // namespace bulla::http
