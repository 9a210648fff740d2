#include "sequencer/comet/engine.hpp"

#include "base/check.hpp"
#include "sequencer/comet/engine_home.hpp"
#include "sequencer/comet/engine_log.hpp"

namespace bulla::sequencer::comet {
namespace {

constexpr std::chrono::seconds watch_interval{1};

// An engine that was killed leaves its socket, and the next one could not listen there.
void remove_socket(std::filesystem::path const& home) {
    std::error_code ignored;
    std::filesystem::remove(HomePaths{home}.rpc_socket(), ignored);
}

} // namespace

std::string_view name(EngineState state) {
    switch (state) {
    case EngineState::running: return "running";
    case EngineState::stalled: return "stalled";
    case EngineState::failed: return "failed";
    case EngineState::down: return "down";
    case EngineState::stopped: return "stopped";
    }
    CHECK_UNREACHABLE();
}

Engine::Engine(Options options, base::Clock const& clock, std::shared_ptr<spdlog::logger> log,
               std::function<Progress()> progress)
    : options_(std::move(options)), clock_(clock), log_(std::move(log)), progress_(std::move(progress)),
      progressed_(clock.now()), thread_("engine", [this](std::stop_token const& stop) { supervise(stop); }) {}

EngineState Engine::state() const {
    base::Lock const lock(mutex_);
    return state_;
}

std::optional<int> Engine::process_id() const {
    base::Lock const lock(mutex_);
    return child_ != nullptr ? child_->id() : std::nullopt;
}

void Engine::set(EngineState state) {
    base::Lock const lock(mutex_);
    state_ = state;
}

void Engine::stop() {
    thread_.stop_and_join();
}

void Engine::supervise(std::stop_token const& stop) {
    while (!stop.stop_requested()) {
        run_once(stop);
        if (await_room(stop))
            continue;
        if (stop.stop_requested() || state() == EngineState::failed || !may_restart())
            break;
        auto const pause = options_.pause * (1 << (starts_.size() - 1));
        log_->warn("the engine is started again in {} ms", pause.count());
        base::Lock const lock(mutex_);
        changed_.wait_for(mutex_, stop, pause, [] { return false; });
    }
    if (stop.stop_requested())
        set(EngineState::stopped);
}

// The child belongs to the thread that started it, and that thread to the child's object: so it ends with us.
void Engine::run_once(std::stop_token const& stop) {
    auto const at_end = [this](net::ChildEnd const& end) {
        log_->info("engine: {}", describe(end));
        base::Lock const lock(mutex_);
        child_has_ended_ = true;
        changed_.notify_all();
    };
    {
        base::Lock const lock(mutex_);
        child_has_ended_ = false;
    }
    starts_.push_back(clock_.now());
    remove_socket(options_.home);
    net::ChildProcess child(
        {.arguments = {options_.program.string(), "start", "--home", options_.home.string()},
         .environment = {"HOME=" + options_.home.string()}},
        {.line = [this](std::string_view line) { take_line(line); }, .end = at_end});
    set_child(&child);
    while (!await_end_of_child(stop))
        watch_progress();
    child.stop(stop_grace);
    remove_socket(options_.home);
    set_child(nullptr);
}

void Engine::set_child(net::ChildProcess* child) {
    base::Lock const lock(mutex_);
    child_ = child;
}

// For a moment; true when the child has ended, or is to end.
bool Engine::await_end_of_child(std::stop_token const& stop) {
    base::Lock const lock(mutex_);
    changed_.wait_for(mutex_, stop, watch_interval, [this]() REQUIRES(mutex_) { return child_has_ended_; });
    return child_has_ended_ || stop.stop_requested();
}

// A stall is told, not mended: who restarts engines in a loop hides what is wrong.
void Engine::watch_progress() {
    auto const now = progress_();
    bool const moves = now.waiting == 0 || now.height != last_progress_.height;
    last_progress_ = now;
    if (moves)
        progressed_ = clock_.now();
    bool const is_stalled = clock_.now() - progressed_ > stall_max;
    base::Lock const lock(mutex_);
    if (is_stalled && state_ == EngineState::running) {
        log_->error("{} entries wait, and no block has come for {} s: are enough nodes reachable?",
                    now.waiting, stall_max.count());
        state_ = EngineState::stalled;
    }
    if (!is_stalled && state_ == EngineState::stalled)
        state_ = EngineState::running;
}

bool Engine::await_room(std::stop_token const& stop) {
    if (options_.has_room())
        return false;
    log_->error("the disk is full: the engine is started when there is room again");
    base::Lock const lock(mutex_);
    while (!stop.stop_requested() && !options_.has_room())
        changed_.wait_for(mutex_, stop, watch_interval, [] { return false; });
    starts_.clear();
    state_ = EngineState::running;
    return true;
}

bool Engine::may_restart() {
    auto const since = clock_.now() - restarts_window;
    std::erase_if(starts_, [&](base::Timestamp start) { return start < since; });
    if (starts_.size() <= restarts_max)
        return true;
    set(EngineState::down);
    log_->critical("the engine ended {} times in {} minutes and stays down; its last lines above say why",
                   starts_.size(), restarts_window.count());
    return false;
}

void Engine::take_line(std::string_view line) {
    auto const parsed = parse_engine_line(line);
    log_->log(parsed.level, parsed.text);
    if (!parsed.is_consensus_failure)
        return;
    log_->critical(
        "consensus has failed inside the engine and is not started again: keep the data directory, "
        "compare this node's last block with the others'");
    set(EngineState::failed);
}

} // namespace bulla::sequencer::comet
