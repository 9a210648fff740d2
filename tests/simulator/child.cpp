#include "simulator/child.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace bulla::test {
namespace {

constexpr unsigned life_max_seconds = 60;

std::string read_all(int file) {
    std::string text;
    char part[4096];
    CHECK(::lseek(file, 0, SEEK_SET) == 0);
    for (ssize_t size = 0; (size = ::read(file, part, sizeof part)) > 0;)
        text.append(part, static_cast<std::size_t>(size));
    return text;
}

} // namespace

ChildEnd run_in_child(std::function<int()> const& work) {
    int const words = ::memfd_create("words", 0);
    CHECK(words >= 0);
    std::fflush(nullptr);
    auto const child = ::fork();
    CHECK(child >= 0);
    if (child == 0) {
        ::dup2(words, STDERR_FILENO);
        ::alarm(life_max_seconds);
        int const status = work();
        std::fflush(nullptr);
        ::_exit(status);
    }
    int status = 0;
    CHECK(::waitpid(child, &status, 0) == child);
    ChildEnd end{.status = WIFEXITED(status) ? WEXITSTATUS(status) : 0,
                 .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
                 .words = read_all(words)};
    ::close(words);
    return end;
}

std::string fast_temporary_directory() {
    std::error_code error;
    bool const has_memory =
        std::filesystem::is_directory("/dev/shm", error) && ::access("/dev/shm", W_OK) == 0;
    auto name = has_memory ? std::string("/dev/shm/bulla-test-XXXXXX")
                           : (std::filesystem::temp_directory_path() / "bulla-test-XXXXXX").string();
    CHECK(::mkdtemp(name.data()) != nullptr);
    return name;
}

} // namespace bulla::test
