#include "cli/arguments.hpp"

#include <gtest/gtest.h>

namespace bulla::cli {
namespace {

using Arguments = std::vector<std::string>;

std::string const id = "-rS-vivf5X3gQOXtTydrvru_GqmDrd03coGB7LWgBAY";

TEST(Arguments, IdThatBeginsWithDashIsValue) {
    EXPECT_EQ(with_ids_as_values({"key", "retire", id, "--data", "x"}),
              (Arguments{"key", "retire", "--data", "x", "--", id}));
    EXPECT_EQ(with_ids_as_values({"show", "--account", id, "--json"}),
              (Arguments{"show", "--account=" + id, "--json"}));
    EXPECT_EQ(with_ids_as_values({"retire", "--data=x", id}), (Arguments{"retire", "--data=x", "--", id}));
}

TEST(Arguments, ShorterIdsAndLongerKeysThatBeginWithADashAreValues) {
    std::string const person = "-rS-vivf5X3gQOXtTydrvr";
    std::string const key = id + id;
    EXPECT_EQ(with_ids_as_values({"revoke-operator", person}), (Arguments{"revoke-operator", "--", person}));
    EXPECT_EQ(with_ids_as_values({"--passkey", key}), (Arguments{"--passkey=" + key}));
    EXPECT_EQ(with_ids_as_values({"--signing-key-lifetime", "90d"}),
              (Arguments{"--signing-key-lifetime", "90d"}));
}

TEST(Arguments, OthersStayAsTheyAre) {
    Arguments const others{"key", "-h", "--data", "-", "--", id};
    EXPECT_EQ(with_ids_as_values(others), (others));
    EXPECT_EQ(with_ids_as_values({id + "a"}), (Arguments{id + "a"}));
    EXPECT_EQ(with_ids_as_values({"a" + id.substr(1)}), (Arguments{"a" + id.substr(1)}));
    EXPECT_TRUE(with_ids_as_values({}).empty());
}

} // namespace
} // namespace bulla::cli
