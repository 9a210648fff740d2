#include "net/child_process.hpp"

#include "base/check.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace bulla::net {
namespace {

constexpr int not_executable = 127;

std::vector<char*> pointers_of(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    pointers.reserve(texts.size() + 1);
    for (auto& text : texts)
        pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

// In the child, between fork and exec: nothing but calls that are safe after a signal.
[[noreturn]] void become(char* const* arguments, char* const* environment, int output) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::setpgid(0, 0);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    int const input = ::open("/dev/null", O_RDONLY);
    ::dup2(input, STDIN_FILENO);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    ::close_range(STDERR_FILENO + 1, ~0U, 0);
    ::execve(arguments[0], arguments, environment);
    ::_exit(not_executable);
}

} // namespace

std::string describe(ChildEnd const& end) {
    switch (end.kind) {
    case ChildEnd::Kind::exited:
        if (end.number == not_executable)
            return "it could not be started, or ended with code 127";
        return fmt::format("it ended with code {}", end.number);
    case ChildEnd::Kind::killed: return fmt::format("signal {} ended it", end.number);
    case ChildEnd::Kind::not_started:
        return fmt::format("it could not be started: {}", std::strerror(end.number));
    }
    CHECK_UNREACHABLE();
}

ChildProcess::ChildProcess(ChildCommand command, Observer observer)
    : command_(std::move(command)), observer_(std::move(observer)),
      thread_("child", [this](std::stop_token const&) { run(); }) {}

void ChildProcess::run() {
    auto const arguments = pointers_of(command_.arguments);
    auto const environment = pointers_of(command_.environment);
    std::array<int, 2> output{};
    ChildEnd end{.kind = ChildEnd::Kind::not_started, .number = 0};
    if (::pipe2(output.data(), O_CLOEXEC) == 0) {
        int const id = ::fork();
        if (id == 0)
            become(arguments.data(), environment.data(), output[1]);
        end.number = errno;
        ::close(output[1]);
        if (id > 0) {
            note_start(id);
            read_lines(output[0]);
            end = await_end(id);
        }
        ::close(output[0]);
    } else {
        end.number = errno;
    }
    observer_.end(end);
    base::Lock const lock(mutex_);
    has_ended_ = true;
    changed_.notify_all();
}

void ChildProcess::note_start(int id) {
    base::Lock const lock(mutex_);
    id_ = id;
    if (is_unwanted_)
        ::kill(id, SIGKILL);
}

void ChildProcess::read_lines(int descriptor) {
    std::string line;
    std::array<char, 4096> bytes{};
    while (true) {
        auto const size = ::read(descriptor, bytes.data(), bytes.size());
        if (size < 0 && errno == EINTR)
            continue;
        if (size <= 0)
            break;
        for (char const byte : std::string_view(bytes.data(), static_cast<std::size_t>(size))) {
            if (byte == '\n')
                observer_.line(std::exchange(line, {}));
            else if (line.size() < line_size_max)
                line.push_back(byte);
        }
    }
    if (!line.empty())
        observer_.line(line);
}

// The id is given back under the lock, so that no signal reaches another process that has it since.
ChildEnd ChildProcess::await_end(int id) {
    siginfo_t ignored{};
    while (::waitid(P_PID, static_cast<id_t>(id), &ignored, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
    }
    base::Lock const lock(mutex_);
    int status = 0;
    while (::waitpid(id, &status, 0) < 0 && errno == EINTR) {
    }
    id_ = 0;
    if (WIFSIGNALED(status))
        return {.kind = ChildEnd::Kind::killed, .number = WTERMSIG(status)};
    return {.kind = ChildEnd::Kind::exited, .number = WEXITSTATUS(status)};
}

void ChildProcess::send(int signal) {
    if (id_ > 0)
        ::kill(id_, signal);
    else
        is_unwanted_ = true;
}

void ChildProcess::kill() {
    base::Lock const lock(mutex_);
    send(SIGKILL);
}

std::optional<int> ChildProcess::id() const {
    base::Lock const lock(mutex_);
    return id_ > 0 ? std::optional(id_) : std::nullopt;
}

void ChildProcess::stop(std::chrono::milliseconds grace) {
    {
        base::Lock const lock(mutex_);
        if (!has_ended_ && grace.count() > 0)
            send(SIGTERM);
        auto const has_ended = [this]() REQUIRES(mutex_) { return has_ended_; };
        if (!changed_.wait_for(mutex_, grace, has_ended))
            send(SIGKILL);
        changed_.wait(mutex_, has_ended);
    }
    thread_.stop_and_join();
}

} // namespace bulla::net
