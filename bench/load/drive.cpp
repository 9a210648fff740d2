#include "drive.hpp"

#include "base/check.hpp"
#include "cli/bench_figure.hpp"

#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <deque>

namespace bulla::bench {
namespace {

using Clock = std::chrono::steady_clock;

// What the server's Retry-After asks of those it has no turn for. A client that asked again at once would
// measure refusals.
constexpr std::chrono::seconds rest_after_refusal{1};

struct Connection {
    Connection(std::uint16_t port, std::unique_ptr<Script> asked) : stream(port), script(std::move(asked)) {}
    Stream stream;
    std::unique_ptr<Script> script;
    Clock::time_point began = Clock::now();
};

class Driver {
public:
    Driver(Measure const& measure, std::vector<std::unique_ptr<Script>> scripts)
        : measure_(measure), set_(::epoll_create1(EPOLL_CLOEXEC)) {
        CHECK(set_ >= 0);
        for (auto& script : scripts)
            connections_.push_back(std::make_unique<Connection>(measure.port, std::move(script)));
    }
    ~Driver() { ::close(set_); }
    Driver(Driver const&) = delete;
    Driver& operator=(Driver const&) = delete;

    Tally run() {
        for (auto const& connection : connections_)
            send(*connection);
        serve_until(Clock::now() + measure_.warm_up);
        tally_ = {};
        times_.clear();
        auto const wall = cli::wall_seconds();
        auto const server = cpu_seconds_of(measure_.server);
        auto const client = cli::process_cpu_seconds();
        serve_until(Clock::now() + measure_.duration);
        tally_.server_cpu_seconds = cpu_seconds_of(measure_.server) - server;
        tally_.client_cpu_seconds = cli::process_cpu_seconds() - client;
        tally_.wall_seconds = cli::wall_seconds() - wall;
        std::ranges::sort(times_);
        if (!times_.empty()) {
            tally_.median = times_[times_.size() / 2];
            tally_.slow = times_[times_.size() * 99 / 100];
        }
        return tally_;
    }

private:
    void send(Connection& connection) {
        if (connection.stream.send(connection.script->next_request()) == Stream::Opened::before)
            return;
        epoll_event event{.events = EPOLLIN, .data = {.ptr = &connection}};
        CHECK(::epoll_ctl(set_, EPOLL_CTL_ADD, connection.stream.socket(), &event) == 0);
    }

    void serve_until(Clock::time_point end) {
        std::array<epoll_event, 256> events{};
        while (Clock::now() < end) {
            wake_rested();
            auto const count = ::epoll_wait(set_, events.data(), static_cast<int>(events.size()), 10);
            for (int index = 0; index < count; ++index)
                serve(*static_cast<Connection*>(events[static_cast<std::size_t>(index)].data.ptr));
        }
    }

    void serve(Connection& connection) {
        auto const answer = connection.stream.receive();
        if (!answer)
            return;
        bool const must_rest = answer->status == 503 || answer->status == 429;
        auto const progress = connection.script->take(*answer);
        if (progress != Progress::underway) {
            auto const now = Clock::now();
            ++(progress == Progress::done ? tally_.done : tally_.refused);
            if (progress == Progress::done)
                times_.push_back(
                    std::chrono::duration_cast<std::chrono::microseconds>(now - connection.began));
            connection.began = now;
        }
        if (must_rest)
            resting_.push_back({.until = Clock::now() + rest_after_refusal, .connection = &connection});
        else
            send(connection);
    }

    void wake_rested() {
        for (; !resting_.empty() && resting_.front().until <= Clock::now(); resting_.pop_front()) {
            auto& connection = *resting_.front().connection;
            connection.began = Clock::now();
            send(connection);
        }
    }

    struct Resting {
        Clock::time_point until;
        Connection* connection;
    };

    Measure const measure_;
    int const set_;
    std::vector<std::unique_ptr<Connection>> connections_;
    std::deque<Resting> resting_; // the first to wake first
    Tally tally_;
    std::vector<std::chrono::microseconds> times_;
};

} // namespace

double cpu_seconds_of(pid_t process) {
    clockid_t clock{};
    CHECK(::clock_getcpuclockid(process, &clock) == 0);
    timespec time{};
    CHECK(::clock_gettime(clock, &time) == 0);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

Tally drive(Measure const& measure, std::vector<std::unique_ptr<Script>> scripts) {
    return Driver(measure, std::move(scripts)).run();
}

} // namespace bulla::bench
