#include "net/worker_pool.hpp"

#include "base/check.hpp"
#include "net/limits.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace bulla::net {

WorkerPool::WorkerPool(Options const& options)
    : queue_max_(options.queue_max), idle_(options.threads), thread_count_(options.threads) {
    CHECK(options.threads > 0 && options.threads <= pool_threads_max);
    CHECK(options.queue_max <= pool_queue_max);
    threads_.reserve(options.threads);
    for (std::size_t index = 0; index < options.threads; ++index)
        threads_.emplace_back(options.name + "-" + std::to_string(index),
                              [this](std::stop_token const& stop) { work(stop); });
}

namespace {

// The task goes to the thread of its coroutine, and nothing of it stays here.
template <class SharedTask, class State>
void post_end(SharedTask task, State state) {
    auto const executor = task->event->get_executor();
    boost::asio::post(executor, [task = std::move(task), state] {
        task->state = state;
        task->event->cancel();
    });
}

} // namespace

WorkerPool::~WorkerPool() {
    std::list<std::shared_ptr<Task>> left;
    {
        base::Lock const lock(mutex_);
        ended_ = true;
        left.swap(queue_);
    }
    for (auto& task : left)
        post_end(std::move(task), Task::State::withdrawn);
}

std::size_t WorkerPool::waiting() const {
    base::Lock const lock(mutex_);
    return queue_.size();
}

std::size_t WorkerPool::running() const {
    base::Lock const lock(mutex_);
    return thread_count_ - idle_;
}

boost::asio::awaitable<Result<void, PoolFault>> WorkerPool::finish(
    std::shared_ptr<Task> task, std::optional<std::chrono::milliseconds> wait_max, std::size_t waiting_max) {
    task->event = std::make_unique<boost::asio::steady_timer>(co_await boost::asio::this_coro::executor);
    auto& event = *task->event;
    auto constexpr forever = std::chrono::steady_clock::time_point::max();
    event.expires_at(wait_max ? std::chrono::steady_clock::now() + *wait_max : forever);
    if (!enqueue(task, waiting_max))
        co_return std::unexpected{PoolFault::busy};

    while (task->state == Task::State::pending) {
        // The end of a job may be posted before the wait begins, never handled before: one thread does both.
        co_await event.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
        if (task->state == Task::State::pending && withdraw(task))
            co_return std::unexpected{PoolFault::late};
        if (task->state == Task::State::pending)
            event.expires_at(forever);
    }
    switch (task->state) {
    case Task::State::done: co_return Result<void, PoolFault>{};
    case Task::State::withdrawn: co_return std::unexpected{PoolFault::late};
    case Task::State::failed: co_return std::unexpected{PoolFault::failed};
    case Task::State::pending: break;
    }
    CHECK_UNREACHABLE();
}

bool WorkerPool::enqueue(std::shared_ptr<Task> const& task, std::size_t waiting_max) {
    {
        base::Lock const lock(mutex_);
        if (ended_ || queue_.size() >= idle_ + waiting_max)
            return false;
        queue_.push_back(task);
    }
    wake_.notify_one();
    return true;
}

bool WorkerPool::withdraw(std::shared_ptr<Task> const& task) {
    base::Lock const lock(mutex_);
    return queue_.remove(task) > 0;
}

void WorkerPool::work(std::stop_token const& stop) {
    while (auto task = next_task(stop)) {
        auto state = Task::State::done;
        try {
            task->execute();
        } catch (...) {
            state = Task::State::failed;
        }
        {
            base::Lock const lock(mutex_);
            ++idle_;
        }
        post_end(std::move(task), state);
    }
}

std::shared_ptr<WorkerPool::Task> WorkerPool::next_task(std::stop_token const& stop) {
    base::Lock const lock(mutex_);
    wake_.wait(mutex_, stop, [this]() REQUIRES(mutex_) { return !queue_.empty(); });
    if (queue_.empty())
        return nullptr;
    --idle_;
    auto task = std::move(queue_.front());
    queue_.pop_front();
    return task;
}

} // namespace bulla::net
