// A program in the foreground ends as it ends, and is found in PATH or not at all.
#include "net/foreground_program.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace bulla::net {
namespace {

TEST(ForegroundProgram, ends_with_the_code_it_ends_with) {
    EXPECT_EQ(run_in_foreground({"true"}).number, 0);
    auto const end = run_in_foreground({"sh", "-c", "exit 7"});
    EXPECT_EQ(end.kind, ChildEnd::Kind::exited);
    EXPECT_EQ(end.number, 7);
}

TEST(ForegroundProgram, that_is_killed_says_by_what) {
    auto const end = run_in_foreground({"sh", "-c", "kill -TERM $$"});
    EXPECT_EQ(end.kind, ChildEnd::Kind::killed);
    EXPECT_EQ(end.number, 15);
}

TEST(ForegroundProgram, that_is_not_there_does_not_start) {
    auto const end = run_in_foreground({"bulla-no-such-program"});
    EXPECT_EQ(end.kind, ChildEnd::Kind::not_started);
    EXPECT_EQ(end.number, ENOENT);
}

TEST(ForegroundProgram, reads_nothing_from_our_standard_input) {
    EXPECT_EQ(run_in_foreground({"sh", "-c", "! read line"}).number, 0);
}

} // namespace
} // namespace bulla::net
