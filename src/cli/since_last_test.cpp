// Catalogue: D14.
#include "cli/since_last.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace bulla::cli {
namespace {

namespace json = boost::json;

json::object account(std::string_view text) {
    return account_snapshot(json::parse(text).as_object());
}
auto const before = account(R"({"account_id": "A", "version": 3, "epoch": 0, "operator_recovery": false,
    "credentials": [{"id": "p", "kind": "password", "added_time": 0, "public_key": "…"}]})");

TEST(SinceLast, D14_names_what_came_and_went) {
    auto const now = account(R"({"account_id": "A", "version": 6, "epoch": 1, "operator_recovery": true,
        "recovery": {}, "credentials": [{"id": "k", "kind": "passkey", "added_time": 0}]})");
    EXPECT_EQ(changes_between(before, now),
              (std::vector<std::string>{
                  "added a passkey, 1970-01-01T00:00:00.000Z", "removed the password",
                  "all sessions were ended", "operators may begin a recovery now",
                  "somebody is recovering the account: bulla account cancel-recovery stops it",
                  "3 entries of the account in all"}));
}

TEST(SinceLast, D14_shows_by_the_count_what_came_and_went_again) {
    auto now = before;
    now["version"] = 5;
    EXPECT_EQ(changes_between(before, now), std::vector<std::string>{"2 entries of the account in all"});
}

TEST(SinceLast, counts_recovery_codes_as_one) {
    auto const now = account(R"({"account_id": "A", "version": 5, "epoch": 0, "operator_recovery": false,
        "credentials": [{"id": "p", "kind": "password", "added_time": 0},
            {"id": "c1", "kind": "recovery_key", "added_time": 0},
            {"id": "c2", "kind": "recovery_key", "added_time": 0}]})");
    EXPECT_EQ(changes_between(before, now).size(), 2U);
}

TEST(SinceLast, is_silent_where_nothing_changed_and_of_another_account) {
    EXPECT_TRUE(changes_between(before, before).empty());
    auto other = before;
    other["account_id"] = "B";
    other["version"] = 9;
    EXPECT_TRUE(changes_between(before, other).empty());
    EXPECT_TRUE(changes_between({}, before).empty());
}

} // namespace
} // namespace bulla::cli
