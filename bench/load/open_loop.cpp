#include "open_loop.hpp"

#include "base/check.hpp"
#include "cli/bench_figure.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace bulla::bench {
namespace {

using Clock = std::chrono::steady_clock;

std::chrono::microseconds since(Clock::time_point begin, Clock::time_point end) {
    return std::chrono::duration_cast<std::chrono::microseconds>(end - begin);
}

struct Kind;

struct Client {
    Client(Kind& of, std::uint16_t port, std::unique_ptr<Script> does)
        : kind(of), stream(port), script(std::move(does)) {}
    Kind& kind;
    Stream stream;
    std::unique_ptr<Script> script;
    Clock::time_point arrived; // its piece of work
    Clock::time_point asked;   // its request
    std::uint64_t answers = 0; // of this piece of work
};

struct Kind {
    Arrivals arrivals;
    OpenTally tally;
    Clock::time_point next; // arrival
    std::vector<std::unique_ptr<Client>> clients;
    std::vector<Client*> free;
};

struct Received {
    Client* client;
    Answer answer;
    Clock::time_point time;
};

class OpenDriver {
public:
    OpenDriver(Measure const& measure, std::vector<Arrivals> arrivals)
        : measure_(measure), set_(::epoll_create1(EPOLL_CLOEXEC)) {
        CHECK(set_ >= 0);
        for (auto& one : arrivals) {
            kinds_.push_back(std::make_unique<Kind>());
            kinds_.back()->arrivals = std::move(one);
        }
    }
    ~OpenDriver() { ::close(set_); }
    OpenDriver(OpenDriver const&) = delete;
    OpenDriver& operator=(OpenDriver const&) = delete;

    OpenRun run() {
        for (auto& kind : kinds_)
            kind->next = Clock::now();
        serve_until(Clock::now() + measure_.warm_up);
        for (auto& kind : kinds_)
            kind->tally = {.name = kind->arrivals.name};
        OpenRun run;
        auto const wall = cli::wall_seconds();
        auto const server = cpu_seconds_of(measure_.server);
        serve_until(Clock::now() + measure_.duration);
        run.server_cpu_seconds = cpu_seconds_of(measure_.server) - server;
        run.wall_seconds = cli::wall_seconds() - wall;
        for (auto& kind : kinds_)
            run.tallies.push_back(std::move(kind->tally));
        return run;
    }

private:
    void serve_until(Clock::time_point end) {
        while (Clock::now() < end) {
            for (auto& kind : kinds_)
                begin_what_is_due(*kind);
            // All that has come is read, and its time taken, before any of it costs this thread cryptography.
            for (auto const& [client, answer, time] : receive())
                take(*client, answer, time);
        }
    }

    void begin_what_is_due(Kind& kind) {
        using namespace std::chrono;
        if (kind.arrivals.rate <= 0)
            return;
        auto const step = duration_cast<Clock::duration>(duration<double>(1 / kind.arrivals.rate));
        for (; kind.next <= Clock::now(); kind.next += step) {
            ++kind.tally.arrived;
            auto* const client = take_free(kind);
            if (client == nullptr) {
                ++kind.tally.unsent;
                continue;
            }
            client->arrived = kind.next;
            client->answers = 0;
            send(*client);
        }
    }

    Client* take_free(Kind& kind) {
        if (kind.free.empty() && kind.clients.size() < kind.arrivals.clients_max) {
            kind.clients.push_back(
                std::make_unique<Client>(kind, measure_.port, kind.arrivals.make_client()));
            return kind.clients.back().get();
        }
        if (kind.free.empty())
            return nullptr;
        auto* const client = kind.free.back();
        kind.free.pop_back();
        return client;
    }

    void send(Client& client) {
        auto const request = client.script->next_request();
        client.asked = Clock::now();
        if (client.stream.send(request) == Stream::Opened::before)
            return;
        epoll_event event{.events = EPOLLIN, .data = {.ptr = &client}};
        CHECK(::epoll_ctl(set_, EPOLL_CTL_ADD, client.stream.socket(), &event) == 0);
    }

    std::vector<Received> receive() {
        std::vector<Received> received;
        std::array<epoll_event, 256> events{};
        auto const count = ::epoll_wait(set_, events.data(), static_cast<int>(events.size()), 0);
        for (int index = 0; index < count; ++index) {
            auto* const client = static_cast<Client*>(events[static_cast<std::size_t>(index)].data.ptr);
            if (auto const answer = client->stream.receive())
                received.push_back({.client = client, .answer = *answer, .time = Clock::now()});
        }
        return received;
    }

    void take(Client& client, Answer const& answer, Clock::time_point time) {
        auto& tally = client.kind.tally;
        auto const progress = client.script->take(answer);
        if (progress == Progress::underway) {
            ++client.answers;
            return send(client);
        }
        if (progress == Progress::done) {
            ++tally.done;
            tally.done_times.push_back(since(client.arrived, time));
        } else {
            CHECK(answer.status == 503 || answer.status == 429);
            ++(client.answers == 0 ? tally.refused_at_first : tally.refused_later);
            tally.refused_times.push_back(since(client.asked, time));
        }
        client.kind.free.push_back(&client);
    }

    Measure const measure_;
    int const set_;
    std::vector<std::unique_ptr<Kind>> kinds_;
};

} // namespace

OpenRun drive_open(Measure const& measure, std::vector<Arrivals> arrivals) {
    return OpenDriver(measure, std::move(arrivals)).run();
}

} // namespace bulla::bench
