// Keeps CometBFT running as a child of this process, and knows whether it gets on.
//
// Started with a clean environment. When it ends unasked, whatever its exit code (it ends with 0 when it
// loses the application's socket), it is started again after a pause; after restarts_max in restarts_window
// it stays down. When consensus fails inside it, the process stays up and would go on taking transactions: it
// is left as it is, for whoever looks into it, and nothing is started again.
#pragma once

#include "base/time.hpp"
#include "net/child_process.hpp"
#include "store/engine_rows.hpp"

#include <spdlog/logger.h>

#include <filesystem>
#include <functional>
#include <vector>

namespace bulla::sequencer::comet {

enum class EngineState : std::uint8_t {
    running, // as far as we know
    stalled, // transactions wait and no block comes
    failed, // consensus has stopped inside it
    down, // ended too often
    stopped, // as asked
};
std::string_view name(EngineState state);

class Engine {
public:
    static constexpr std::size_t restarts_max = 5;
    static constexpr std::chrono::minutes restarts_window{10};
    static constexpr std::chrono::seconds stop_grace{30};
    static constexpr std::chrono::seconds stall_max{30};

    struct Options {
        std::filesystem::path program; // the cometbft binary
        std::filesystem::path home;
        std::chrono::milliseconds pause{1'000}; // before a restart; doubled by each one in the window
        // Whether the disk has room. Without it an engine ends at once: it is not started, and such ends do
        // not count.
        std::function<bool()> has_room = [] { return true; };
    };
    // Whether there is something to wait for.
    struct Progress {
        store::EngineHeight height;
        std::size_t waiting = 0; // transactions that wait for their block
    };

    Engine(Options options, base::Clock const& clock, std::shared_ptr<spdlog::logger> log,
           std::function<Progress()> progress);
    ~Engine() { stop(); }

    EngineState state() const;
    std::optional<int> process_id() const;
    // SIGTERM, and SIGKILL after stop_grace. A second call does nothing.
    void stop();

private:
    void supervise(std::stop_token const& stop);
    void run_once(std::stop_token const& stop);
    void set_child(net::ChildProcess* child);
    bool await_end_of_child(std::stop_token const& stop);
    void watch_progress();
    bool may_restart();
    bool await_room(std::stop_token const& stop); // whether it had to wait
    void take_line(std::string_view line);
    void set(EngineState state);

    Options options_;
    base::Clock const& clock_;
    std::shared_ptr<spdlog::logger> log_;
    std::function<Progress()> progress_;

    // The supervising thread's.
    std::vector<base::Timestamp> starts_;
    Progress last_progress_;
    base::Timestamp progressed_;

    mutable base::Mutex mutex_;
    base::Condition changed_;
    EngineState state_ GUARDED_BY(mutex_) = EngineState::running;
    net::ChildProcess* child_ GUARDED_BY(mutex_) = nullptr;
    bool child_has_ended_ GUARDED_BY(mutex_) = false;

    net::Thread thread_; // last
};

} // namespace bulla::sequencer::comet
