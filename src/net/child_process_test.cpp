#include "net/child_process.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <future>

namespace bulla::net {
namespace {

using namespace std::chrono_literals;

// What a child printed, and how it ended; both can be waited for.
struct Watched {
    std::vector<std::string> lines; // the child's thread writes, who has waited for the end reads
    std::promise<void> first_line;
    std::promise<ChildEnd> end;

    ChildProcess::Observer observer() {
        return {.line =
                    [this](std::string_view line) {
                        lines.emplace_back(line);
                        if (lines.size() == 1)
                            first_line.set_value();
                    },
                .end = [this](ChildEnd const& how) { end.set_value(how); }};
    }
};

ChildCommand shell(std::string script) {
    return {.arguments = {"/bin/sh", "-c", std::move(script)}, .environment = {"COLOUR=blue"}};
}

TEST(ChildProcess, hands_on_each_line_and_the_exit_code) {
    Watched watched;
    ChildProcess const child(shell("echo one; echo two >&2; printf three; exit 7"), watched.observer());
    auto const end = watched.end.get_future().get();
    EXPECT_EQ(end.kind, ChildEnd::Kind::exited);
    EXPECT_EQ(end.number, 7);
    EXPECT_EQ(watched.lines, (std::vector<std::string>{"one", "two", "three"}));
}

TEST(ChildProcess, has_the_given_environment_and_no_other) {
    Watched watched;
    ChildProcess const child({.arguments = {"/usr/bin/env"}, .environment = {"COLOUR=blue"}},
                             watched.observer());
    watched.end.get_future().get();
    EXPECT_EQ(watched.lines, (std::vector<std::string>{"COLOUR=blue"}));
}

TEST(ChildProcess, ends_in_its_own_way_when_it_is_asked) {
    Watched watched;
    ChildProcess child(shell("trap 'echo asked; exit 3' TERM; echo ready; while :; do :; done"),
                       watched.observer());
    watched.first_line.get_future().get();
    child.stop(60s);
    auto const end = watched.end.get_future().get();
    EXPECT_EQ(end.kind, ChildEnd::Kind::exited);
    EXPECT_EQ(end.number, 3);
    EXPECT_EQ(watched.lines, (std::vector<std::string>{"ready", "asked"}));
}

TEST(ChildProcess, is_killed_when_it_does_not_listen) {
    Watched watched;
    ChildProcess child(shell("trap '' TERM; echo ready; while :; do :; done"), watched.observer());
    watched.first_line.get_future().get();
    child.stop(1ms);
    auto const end = watched.end.get_future().get();
    EXPECT_EQ(end.kind, ChildEnd::Kind::killed);
    EXPECT_EQ(end.number, SIGKILL);
}

TEST(ChildProcess, ends_with_its_owner) {
    Watched watched;
    int id = 0;
    {
        ChildProcess const child(shell("echo ready; while :; do :; done"), watched.observer());
        watched.first_line.get_future().get();
        id = child.id().value();
    }
    EXPECT_EQ(watched.end.get_future().get().kind, ChildEnd::Kind::killed);
    EXPECT_EQ(::kill(id, 0), -1);
}

TEST(ChildProcess, says_when_there_is_no_such_program) {
    Watched watched;
    ChildProcess const child({.arguments = {"/nowhere/to/be/found"}, .environment = {}}, watched.observer());
    EXPECT_EQ(describe(watched.end.get_future().get()), "it could not be started, or ended with code 127");
}

TEST(ChildProcess, cuts_a_line_without_end) {
    Watched watched;
    ChildProcess const child(shell("head -c 100000 /dev/zero | tr '\\0' x"), watched.observer());
    watched.end.get_future().get();
    ASSERT_EQ(watched.lines.size(), 1U);
    EXPECT_EQ(watched.lines[0].size(), ChildProcess::line_size_max);
}

} // namespace
} // namespace bulla::net
