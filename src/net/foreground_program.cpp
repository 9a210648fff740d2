#include "net/foreground_program.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace bulla::net {
namespace {

// File actions of posix_spawn(), which the standard wants destroyed.
class Redirections {
public:
    Redirections() {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        ::posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    }
    ~Redirections() { ::posix_spawn_file_actions_destroy(&actions_); }
    Redirections(Redirections const&) = delete;
    Redirections& operator=(Redirections const&) = delete;
    posix_spawn_file_actions_t const* operator*() const { return &actions_; }

private:
    posix_spawn_file_actions_t actions_{};
};

} // namespace

ChildEnd run_in_foreground(std::vector<std::string> arguments) {
    std::vector<char*> pointers;
    pointers.reserve(arguments.size() + 1);
    for (auto& argument : arguments)
        pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    Redirections const redirections;
    ::pid_t id = 0;
    int const failure = ::posix_spawnp(&id, pointers[0], *redirections, nullptr, pointers.data(), environ);
    if (failure != 0)
        return {.kind = ChildEnd::Kind::not_started, .number = failure};
    int status = 0;
    while (::waitpid(id, &status, 0) < 0)
        if (errno != EINTR)
            return {.kind = ChildEnd::Kind::not_started, .number = errno};
    if (WIFSIGNALED(status))
        return {.kind = ChildEnd::Kind::killed, .number = WTERMSIG(status)};
    return {.kind = ChildEnd::Kind::exited, .number = WEXITSTATUS(status)};
}

} // namespace bulla::net
