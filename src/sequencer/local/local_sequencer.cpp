#include "sequencer/local/local_sequencer.hpp"

#include "sequencer/trial.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace bulla::sequencer {
namespace {

std::unexpected<OrderFault> refuse(OrderFaultKind kind) {
    return std::unexpected{OrderFault{.kind = kind, .rejection = std::nullopt}};
}

} // namespace

LocalSequencer::LocalSequencer(Chain chain, store::LedgerDatabase& ledger, base::Clock const& clock)
    : ledger_(ledger), clock_(clock), heads_(chain.head()), maker_(ledger, chain.tip()),
      chain_(std::move(chain)), times_(chain_.times()),
      commit_thread_(
          "commit", [this](std::stop_token const& stop) { commit_blocks(stop); }, net::Pace::patient),
      head_thread_("head", [this](std::stop_token const& stop) { make_blocks(stop); }, net::Pace::patient) {}

LocalSequencer::~LocalSequencer() {
    head_thread_.stop_and_join();
    commit_thread_.stop_and_join();
    std::deque<Waiting> left;
    {
        base::Lock const lock(mutex_);
        stopped_ = true;
        left.swap(queue_);
    }
    for (auto& one : executed_)
        one.resume(refuse(OrderFaultKind::stopped));
    for (auto& one : left)
        one.resume(refuse(OrderFaultKind::stopped));
}

// --- on the caller's thread
// -----------------------------------------------------------------------------------

// Against the newest published head: what it finds is only remembered signatures, never a verdict.
void LocalSequencer::check_ahead(Submission const& submission) {
    auto const head = heads_.newest();
    Trial const trial{.ledger = ledger_, .head = *head, .now = clock_.now()};
    static_cast<void>(try_entry(trial, submission.entry, checks_));
}

bool LocalSequencer::is_full() {
    base::Lock const lock(mutex_);
    return queue_.size() >= queue_max;
}

bool LocalSequencer::accepts_entries() {
    {
        base::Lock const lock(mutex_);
        if (stopped_ || queue_.size() >= queue_max || commit_state_ == CommitState::no_space)
            return false;
    }
    return ledger_.has_space();
}

std::size_t LocalSequencer::waiting() {
    base::Lock const lock(mutex_);
    return queue_.size();
}

std::vector<std::string> LocalSequencer::silent_threads() {
    std::vector<std::string> silent;
    base::Lock const lock(mutex_);
    if (head_pulse_.is_asked())
        silent.emplace_back("head");
    if (commit_pulse_.is_asked())
        silent.emplace_back("commit");
    head_pulse_.ask();
    commit_pulse_.ask();
    wake_head_.notify_one();
    wake_commit_.notify_one();
    return silent;
}

std::optional<OrderFaultKind> LocalSequencer::enqueue(Waiting& waiting) {
    base::Lock const lock(mutex_);
    if (stopped_)
        return OrderFaultKind::stopped;
    if (queue_.size() >= queue_max)
        return OrderFaultKind::busy;
    queue_.push_back(std::move(waiting));
    wake_head_.notify_one();
    return std::nullopt;
}

boost::asio::awaitable<Result<Receipt, OrderFault>> LocalSequencer::order(Submission submission) {
    if (is_full())
        co_return refuse(OrderFaultKind::busy); // before any work is spent on it
    check_ahead(submission);
    auto initiate = [this, &submission](auto handler) {
        auto const executor = boost::asio::get_associated_executor(handler);
        auto work = boost::asio::make_work_guard(executor);
        auto resume = [executor, work = std::move(work),
                       handler = std::move(handler)](Answer answer) mutable {
            boost::asio::post(executor, [handler = std::move(handler), answer = std::move(answer)]() mutable {
                std::move(handler)(std::move(answer));
            });
            work.reset();
        };
        Waiting waiting{.submission = std::move(submission), .resume = std::move(resume)};
        if (auto const fault = enqueue(waiting))
            waiting.resume(refuse(*fault));
    };
    co_return co_await boost::asio::async_initiate<boost::asio::use_awaitable_t<> const, void(Answer)>(
        std::move(initiate), boost::asio::use_awaitable);
}

// --- on the head thread
// ---------------------------------------------------------------------------------------

void LocalSequencer::make_blocks(std::stop_token const& stop) {
    while (auto wave = next_wave(stop)) {
        if (wave->commit == CommitState::no_space) {
            maker_.revert();
            for (auto& one : std::exchange(executed_, {}))
                one.resume(refuse(OrderFaultKind::no_space));
        }
        if (wave->commit == CommitState::idle && maker_.has_pending())
            maker_.settle();
        execute(std::move(wave->waiting));
        if (!executed_.empty())
            hand_over();
    }
}

// Sleeps until there is something to execute and room for it, or the commit that the open block waits for has
// ended.
std::optional<LocalSequencer::Wave> LocalSequencer::next_wave(std::stop_token const& stop) {
    auto const room = maker_.byte_count() < block_bytes_max
                          ? std::min(wave_max, block_submissions_max - executed_.size())
                          : 0;
    base::Lock const lock(mutex_);
    wake_head_.wait(mutex_, stop, [&]() REQUIRES(mutex_) {
        bool const can_execute = room > 0 && !queue_.empty();
        bool const can_hand_over = !executed_.empty() && commit_state_ == CommitState::idle;
        return can_execute || can_hand_over || commit_state_ == CommitState::no_space ||
               head_pulse_.is_asked();
    });
    head_pulse_.answer();
    if (stop.stop_requested())
        return std::nullopt;
    Wave wave{.commit = commit_state_, .waiting = {}};
    if (commit_state_ == CommitState::no_space)
        commit_state_ = CommitState::idle;
    while (!queue_.empty() && wave.waiting.size() < room) {
        wave.waiting.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    return wave;
}

void LocalSequencer::execute(std::vector<Waiting> waiting) {
    for (auto& [submission, resume] : waiting) {
        auto outcome = maker_.execute(std::move(submission), clock_.now(), checks_);
        if (!outcome)
            end_process({.kind = ChainFault::Kind::store, .store = std::move(outcome).error()});
        executed_.push_back({.resume = std::move(resume), .outcome = *std::move(outcome)});
    }
}

// Nothing is handed over while a commit is under way: its end wakes this thread again.
void LocalSequencer::hand_over() {
    switch (commit_state()) {
    case CommitState::busy: maker_.hash_changes(); return;
    case CommitState::no_space: return; // the open block rests on one that never was
    case CommitState::idle: break;
    }
    if (maker_.has_pending())
        maker_.settle();
    auto executed = std::exchange(executed_, {});
    if (maker_.entry_count() == 0) { // refusals alone, and all that they rest on is durable
        for (auto& one : executed)
            one.resume(answer(std::move(one.outcome), heads_.newest()));
        return;
    }
    HandedOver handed_over{.block = maker_.close(), .executed = std::move(executed)};
    base::Lock const lock(mutex_);
    handed_over_ = std::move(handed_over);
    commit_state_ = CommitState::busy;
    wake_commit_.notify_one();
}

LocalSequencer::CommitState LocalSequencer::commit_state() {
    base::Lock const lock(mutex_);
    return commit_state_;
}

// --- on the commit thread
// -------------------------------------------------------------------------------------

void LocalSequencer::commit_blocks(std::stop_token const& stop) {
    while (auto handed_over = next_handed_over(stop))
        commit(*std::move(handed_over));
}

// What was handed over is committed even when the end has been asked for.
std::optional<LocalSequencer::HandedOver> LocalSequencer::next_handed_over(std::stop_token const& stop) {
    base::Lock const lock(mutex_);
    do {
        commit_pulse_.answer();
        wake_commit_.wait(mutex_, stop, [this]() REQUIRES(mutex_) {
            return handed_over_.has_value() || commit_pulse_.is_asked();
        });
    } while (!handed_over_ && !stop.stop_requested());
    return std::exchange(handed_over_, std::nullopt);
}

void LocalSequencer::commit(HandedOver handed_over) {
    auto const head = chain_.commit(*handed_over.block);
    if (!head && !is_full_disk(head.error()))
        end_process(head.error());
    if (head)
        heads_.publish(*head);
    {
        base::Lock const lock(mutex_);
        commit_state_ = head ? CommitState::idle : CommitState::no_space;
        wake_head_.notify_one();
    }
    for (auto& one : handed_over.executed)
        one.resume(head ? answer(std::move(one.outcome), *head) : refuse(OrderFaultKind::no_space));
}

LocalSequencer::Answer LocalSequencer::answer(BlockMaker::Outcome outcome, HeadPointer const& head) {
    if (!outcome)
        return std::unexpected{OrderFault{.kind = OrderFaultKind::rejected, .rejection = outcome.error()}};
    outcome->head = head;
    return *std::move(outcome);
}

} // namespace bulla::sequencer
