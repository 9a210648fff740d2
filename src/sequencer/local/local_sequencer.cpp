#include "sequencer/local/local_sequencer.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstdio>

namespace bulla::sequencer {
namespace {

std::unexpected<OrderFault> refuse(OrderFaultKind kind) {
    return std::unexpected{OrderFault{.kind = kind, .rejection = std::nullopt}};
}

bool is_full_disk(ChainFault const& fault) {
    return fault.kind == ChainFault::Kind::store && fault.store &&
           fault.store->kind == store::StoreFaultKind::no_space;
}

// Store or guard failed in a way that makes every later answer worthless.
[[noreturn]] void end_process(ChainFault const& fault) {
    std::fprintf(stderr, "the ledger cannot go on (fault %d, guard %d%s%s): ending\n", static_cast<int>(fault.kind),
                 fault.guard ? static_cast<int>(*fault.guard) : -1, fault.store ? ", store: " : "",
                 fault.store ? fault.store->detail.c_str() : "");
    std::abort();
}

} // namespace

LocalSequencer::LocalSequencer(Chain chain, store::LedgerDatabase& ledger, base::Clock const& clock)
    : chain_(std::move(chain)), ledger_(ledger), clock_(clock), heads_(chain_.head()),
      thread_("head", [this](std::stop_token const& stop) { run(stop); }) {}

LocalSequencer::~LocalSequencer() {
    thread_.stop_and_join();
    std::deque<Waiting> left;
    {
        base::Lock const lock(mutex_);
        stopped_ = true;
        left.swap(queue_);
    }
    for (auto& waiting : left)
        waiting.resume(refuse(OrderFaultKind::stopped));
}

// Against the newest published head: what it finds is only remembered signatures, never a verdict.
void LocalSequencer::check_ahead(Submission const& submission) {
    auto const head = heads_.newest();
    auto const entry = ledger::decode_entry(submission.entry);
    if (!entry)
        return;
    auto const keys = ledger::read_set(*entry);
    std::optional<ledger::AccountRow> account;
    if (keys.account)
        if (auto loaded = ledger_.load_account(*keys.account))
            account = *std::move(loaded);
    ledger::Place const place{.network = head->network,
                              .time = std::max(clock_.now(), head->block.time),
                              .index = ledger::LeafIndex{head->size.number()}};
    auto const planned = ledger::plan({.place = place,
                                       .nodes = *head->nodes,
                                       .policy = *head->policy,
                                       .account = std::move(account),
                                       .signing_key = std::nullopt},
                                      *entry);
    if (!planned)
        return;
    for (auto const& planned_check : planned->checks)
        if (!checks_.check(planned_check.check))
            return;
}

bool LocalSequencer::enqueue(Waiting& waiting) {
    base::Lock const lock(mutex_);
    if (stopped_ || queue_.size() >= queue_max)
        return false;
    queue_.push_back(std::move(waiting));
    wake_.notify_one();
    return true;
}

boost::asio::awaitable<Result<Receipt, OrderFault>> LocalSequencer::order(Submission submission) {
    check_ahead(submission);
    auto initiate = [this, &submission](auto handler) {
        auto const executor = boost::asio::get_associated_executor(handler);
        auto work = boost::asio::make_work_guard(executor);
        auto resume = [executor, work = std::move(work), handler = std::move(handler)](Answer answer) mutable {
            boost::asio::post(executor, [handler = std::move(handler), answer = std::move(answer)]() mutable {
                std::move(handler)(std::move(answer));
            });
            work.reset();
        };
        Waiting waiting{.submission = std::move(submission), .resume = std::move(resume)};
        if (!enqueue(waiting))
            waiting.resume(refuse(OrderFaultKind::busy));
    };
    co_return co_await boost::asio::async_initiate<boost::asio::use_awaitable_t<> const, void(Answer)>(
        std::move(initiate), boost::asio::use_awaitable);
}

void LocalSequencer::run(std::stop_token const& stop) {
    while (!stop.stop_requested())
        if (auto waiting = take_queued(stop); !waiting.empty())
            make_block(std::move(waiting));
}

std::vector<LocalSequencer::Waiting> LocalSequencer::take_queued(std::stop_token const& stop) {
    base::Lock const lock(mutex_);
    wake_.wait(mutex_, stop, [this]() REQUIRES(mutex_) { return !queue_.empty(); });
    std::vector<Waiting> taken;
    while (!queue_.empty() && taken.size() < block_entries_max) {
        taken.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    return taken;
}

void LocalSequencer::make_block(std::vector<Waiting> waiting) {
    std::vector<Submission> submissions;
    submissions.reserve(waiting.size());
    for (auto& one : waiting)
        submissions.push_back(std::move(one.submission));
    auto extended = chain_.extend(submissions, clock_.now(), checks_);
    if (!extended && !is_full_disk(extended.error()))
        end_process(extended.error());
    if (extended)
        heads_.publish(extended->head);
    for (std::size_t index = 0; index < waiting.size(); ++index) {
        auto answer = [&]() -> Answer {
            if (!extended)
                return refuse(OrderFaultKind::no_space);
            auto& outcome = extended->outcomes[index];
            if (!outcome)
                return std::unexpected{
                    OrderFault{.kind = OrderFaultKind::rejected, .rejection = outcome.error()}};
            return *std::move(outcome);
        };
        waiting[index].resume(answer());
    }
}

} // namespace bulla::sequencer
