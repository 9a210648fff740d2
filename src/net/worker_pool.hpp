// A bounded pool of threads for work that blocks or computes for long: Argon2id, file reads, backups.
//
// A coroutine awaits its job and goes on where it was. The queue is bounded: a full pool is a value, not a
// wait. A job in the queue can be withdrawn, by its time limit or at the end of the pool; once started it
// runs to its end. A job owns everything it uses: when the awaiting coroutine is destroyed the job may still
// run.
//
// The awaiting coroutine runs on an executor of one thread or a strand (an io_context of IoThreads). The pool
// must end before the contexts of the coroutines that use it do; IoThreads may be stopped before.
#pragma once

#include "base/mutex.hpp"
#include "base/result.hpp"
#include "net/thread.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace bulla::net {

enum class PoolFault {
    busy, // no room: not queued, nothing done
    late, // withdrawn from the queue when its time was over, or at the end of the pool: nothing done
    failed, // a library threw an exception inside the job: it may have done a part of its work
};

class WorkerPool {
public:
    struct Options {
        std::string name = "worker"; // threads are called NAME-0, NAME-1 …
        std::size_t threads = 1; // 1 to pool_threads_max
        std::size_t queue_max = 1024; // jobs that may wait, besides those that run; at most pool_queue_max
    };

    explicit WorkerPool(Options const& options);
    ~WorkerPool(); // withdraws what waits, ends what runs, joins
    WorkerPool(WorkerPool const&) = delete;
    WorkerPool& operator=(WorkerPool const&) = delete;

    // Runs the job on a thread of the pool; it may wait in the queue for wait_max. T is what the job returns.
    template <class Job, class T = std::invoke_result_t<Job&>>
    boost::asio::awaitable<Result<T, PoolFault>> run(Job job, std::chrono::milliseconds wait_max) {
        auto const task = std::make_shared<TypedTask<Job, T>>(std::move(job));
        CO_TRY(co_await finish(task, wait_max, queue_max_));
        co_return task->take_result();
    }

    // As run(), but does not wait: busy unless a thread is free now.
    template <class Job, class T = std::invoke_result_t<Job&>>
    boost::asio::awaitable<Result<T, PoolFault>> try_run(Job job) {
        auto const task = std::make_shared<TypedTask<Job, T>>(std::move(job));
        CO_TRY(co_await finish(task, std::nullopt, 0));
        co_return task->take_result();
    }

    // Jobs now, for metrics: in the queue, and those that run.
    std::size_t waiting() const;
    std::size_t running() const;

private:
    // The mutex guards the queue alone. All of a Task but job and result belongs to the awaiting coroutine's
    // thread; these two belong to the pool's thread from the start of the job until it posts the end of it.
    class Task;
    template <class Job, class T>
    class TypedTask;

    boost::asio::awaitable<Result<void, PoolFault>> finish(std::shared_ptr<Task> task,
                                                           std::optional<std::chrono::milliseconds> wait_max,
                                                           std::size_t waiting_max);
    void work(std::stop_token const& stop);
    bool enqueue(std::shared_ptr<Task> const& task, std::size_t waiting_max);
    bool withdraw(std::shared_ptr<Task> const& task);
    std::shared_ptr<Task> next_task(std::stop_token const& stop);

    std::size_t const queue_max_;
    mutable base::Mutex mutex_;
    base::Condition wake_;
    std::list<std::shared_ptr<Task>> queue_ GUARDED_BY(mutex_);
    std::size_t idle_ GUARDED_BY(mutex_) = 0; // threads without a job
    bool ended_ GUARDED_BY(mutex_) = false;
    std::size_t const thread_count_;
    std::vector<Thread> threads_; // last: joined first
};

class WorkerPool::Task {
public:
    enum class State { pending, done, withdrawn, failed };

    virtual ~Task() = default;
    virtual void execute() = 0;

    std::unique_ptr<boost::asio::steady_timer>
        event; // wakes the awaiting coroutine; its executor is the coroutine's
    State state = State::pending;
};

template <class Job, class T>
class WorkerPool::TypedTask final : public Task {
public:
    explicit TypedTask(Job job) : job_(std::move(job)) {}

    void execute() override {
        if constexpr (std::is_void_v<T>)
            job_();
        else
            result_.emplace(job_());
    }

    Result<T, PoolFault> take_result() {
        if constexpr (std::is_void_v<T>)
            return {};
        else
            return *std::move(result_);
    }

private:
    Job job_;
    std::optional<std::conditional_t<std::is_void_v<T>, std::monostate, T>> result_;
};

} // namespace bulla::net
