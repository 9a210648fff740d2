#include "cli/completion.hpp"

#include <CLI/CLI.hpp>
#include <gtest/gtest.h>

namespace bulla::cli {
namespace {

TEST(Completion, offers_the_commands_and_options_of_each_place) {
    CLI::App app("", "bulla");
    auto* const ledger = app.add_subcommand("ledger");
    std::string data;
    ledger->add_subcommand("verify")->add_option("--data", data);
    auto const script = make_completion(app, Shell::bash);
    EXPECT_TRUE(script.contains("\"bulla\") words=\"ledger --help\" ;;")) << script;
    EXPECT_TRUE(script.contains("\"bulla ledger\") path=\"bulla ledger\" ;;"));
    EXPECT_TRUE(script.contains("\"bulla ledger verify\") words=\"--help --data\" ;;"));
    EXPECT_TRUE(make_completion(app, Shell::zsh).contains("bashcompinit"));
}

} // namespace
} // namespace bulla::cli
