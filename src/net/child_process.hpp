// A program that runs as a child of this process, and never outlives it.
//
// One thread of its own starts the program, reads what it prints line by line, and waits for its end. The
// child dies with that thread (PR_SET_PDEATHSIG), so also when this process is killed. It has a process group
// of its own, no standard input, an environment of the caller's choice alone, and no descriptor of ours but
// the pipe on which it prints.
#pragma once

#include "base/mutex.hpp"
#include "base/result.hpp"
#include "net/thread.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bulla::net {

// How a program ended.
struct ChildEnd {
    enum class Kind : std::uint8_t { exited, killed, not_started };
    Kind kind = Kind::exited;
    int number = 0; // exit code, signal, or errno
};
std::string describe(ChildEnd const& end);

struct ChildCommand {
    std::vector<std::string> arguments; // the first one is the program's path
    std::vector<std::string> environment; // NAME=value
};

class ChildProcess {
public:
    // Both are called on the child's thread: a line without its end, cut at line_size_max, and the end, once.
    struct Observer {
        std::move_only_function<void(std::string_view)> line;
        std::move_only_function<void(ChildEnd const&)> end;
    };
    static constexpr std::size_t line_size_max = 16 * 1024;

    ChildProcess(ChildCommand command, Observer observer);
    ~ChildProcess() { stop(std::chrono::seconds{0}); }
    ChildProcess(ChildProcess const&) = delete;
    ChildProcess& operator=(ChildProcess const&) = delete;

    // SIGTERM, and SIGKILL once `grace` is over; returns after the end was observed. A second call waits
    // only.
    void stop(std::chrono::milliseconds grace);
    void kill(); // SIGKILL at once; does not wait
    std::optional<int> id() const; // while it runs

private:
    void run();
    void read_lines(int descriptor);
    ChildEnd await_end(int id);
    void send(int signal) REQUIRES(mutex_);
    void note_start(int id);

    ChildCommand command_;
    Observer observer_;
    mutable base::Mutex mutex_;
    base::Condition changed_;
    int id_ GUARDED_BY(mutex_) = 0; // 0: not started, or reaped
    bool is_unwanted_ GUARDED_BY(mutex_) = false; // asked to end before it had started
    bool has_ended_ GUARDED_BY(mutex_) = false;
    Thread thread_; // last
};

} // namespace bulla::net
