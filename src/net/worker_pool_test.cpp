#include "net/worker_pool.hpp"

#include "net/io_threads.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include <future>

namespace bulla::net {
namespace {

using namespace std::chrono_literals;
using boost::asio::co_spawn;
using boost::asio::use_future;

auto constexpr long_time = std::chrono::hours(1);

// A job that says when it began and ends when told to.
struct Gate {
    std::promise<void> began;
    std::promise<void> open;

    auto job() {
        return [this] {
            began.set_value();
            open.get_future().wait();
        };
    }
};

class WorkerPoolTest : public testing::Test {
protected:
    boost::asio::io_context& context() { return io_threads.at(0); }

    IoThreads io_threads{1};
};

TEST_F(WorkerPoolTest, hands_back_what_a_job_returns) {
    WorkerPool pool({});
    auto const sum = co_spawn(context(), pool.run([] { return 40 + 2; }, long_time), use_future).get();
    EXPECT_EQ(sum.value(), 42);
}

TEST_F(WorkerPoolTest, takes_jobs_and_results_that_only_move) {
    WorkerPool pool({});
    auto job = [number = std::make_unique<int>(7)]() mutable { return std::move(number); };
    auto const moved = co_spawn(context(), pool.try_run(std::move(job)), use_future).get();
    EXPECT_EQ(*moved.value(), 7);
}

TEST_F(WorkerPoolTest, runs_a_job_on_a_thread_of_its_own) {
    WorkerPool pool({});
    auto const here = [] { return std::this_thread::get_id(); };
    auto const job_thread = co_spawn(context(), pool.run(here, long_time), use_future).get().value();
    EXPECT_NE(job_thread, boost::asio::post(context(), boost::asio::use_future(here)).get());
    EXPECT_NE(job_thread, here());
}

TEST_F(WorkerPoolTest, tells_of_an_exception_inside_a_job) {
    WorkerPool pool({});
    auto const ran =
        co_spawn(context(), pool.run([] { throw std::bad_alloc(); }, long_time), use_future).get();
    EXPECT_EQ(ran.error(), PoolFault::failed);
    EXPECT_TRUE(co_spawn(context(), pool.run([] {}, long_time), use_future).get().has_value());
}

TEST_F(WorkerPoolTest, is_busy_at_once_when_the_queue_is_full) {
    WorkerPool pool({.queue_max = 1});
    Gate gate;
    auto running = co_spawn(context(), pool.run(gate.job(), long_time), use_future);
    gate.began.get_future().wait();
    auto waiting = co_spawn(context(), pool.run([] { return 1; }, long_time), use_future);
    EXPECT_EQ(co_spawn(context(), pool.run([] { return 2; }, long_time), use_future).get().error(),
              PoolFault::busy);
    EXPECT_EQ(pool.waiting(), 1);
    gate.open.set_value();
    EXPECT_TRUE(running.get().has_value());
    EXPECT_EQ(waiting.get().value(), 1);
}

TEST_F(WorkerPoolTest, tried_without_a_free_thread_is_busy_even_if_the_queue_has_room) {
    WorkerPool pool({.queue_max = 8});
    Gate gate;
    auto running = co_spawn(context(), pool.try_run(gate.job()), use_future);
    gate.began.get_future().wait();
    EXPECT_EQ(co_spawn(context(), pool.try_run([] {}), use_future).get().error(), PoolFault::busy);
    gate.open.set_value();
    EXPECT_TRUE(running.get().has_value());
    EXPECT_TRUE(co_spawn(context(), pool.try_run([] {}), use_future).get().has_value());
}

TEST_F(WorkerPoolTest, refuses_a_job_that_waited_longer_than_its_limit_and_never_runs_it) {
    WorkerPool pool({.queue_max = 1});
    Gate gate;
    auto running = co_spawn(context(), pool.run(gate.job(), long_time), use_future);
    gate.began.get_future().wait();
    bool ran = false;
    EXPECT_EQ(co_spawn(context(), pool.run([&] { ran = true; }, 1ms), use_future).get().error(),
              PoolFault::late);
    EXPECT_EQ(pool.waiting(), 0);
    gate.open.set_value();
    EXPECT_TRUE(running.get().has_value());
    EXPECT_FALSE(ran);
}

TEST_F(WorkerPoolTest, lets_a_job_that_has_started_outlast_its_wait_limit) {
    WorkerPool pool({});
    Gate gate;
    auto const began = gate.began.get_future();
    auto start = [&] { return co_spawn(context(), pool.run(gate.job(), 1ms), use_future); };
    auto running = start();
    // A slow machine may withdraw the job before a thread takes it; then it is offered again.
    while (began.wait_for(0s) != std::future_status::ready)
        if (running.wait_for(0s) == std::future_status::ready)
            running = start();
    // The limit of the first is over when a later timer of the same thread has fired.
    auto after = co_spawn(
        context(),
        []() -> boost::asio::awaitable<void> {
            boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, 5ms);
            co_await timer.async_wait(boost::asio::use_awaitable);
        },
        use_future);
    after.get();
    EXPECT_EQ(running.wait_for(0s), std::future_status::timeout);
    gate.open.set_value();
    EXPECT_TRUE(running.get().has_value());
}

TEST_F(WorkerPoolTest, withdraws_what_waits_when_it_ends_and_finishes_what_runs) {
    auto pool = std::make_unique<WorkerPool>(WorkerPool::Options{.queue_max = 1});
    Gate gate;
    auto running = co_spawn(context(), pool->run(gate.job(), long_time), use_future);
    gate.began.get_future().wait();
    auto waiting = co_spawn(context(), pool->run([] {}, long_time), use_future);
    while (pool->waiting() == 0)
        std::this_thread::yield();
    auto ending = std::async([&] { pool.reset(); });
    EXPECT_EQ(waiting.get().error(), PoolFault::late);
    gate.open.set_value();
    EXPECT_TRUE(running.get().has_value());
    ending.get();
}

TEST_F(WorkerPoolTest, may_outlive_the_run_of_the_contexts) {
    Gate gate; // the job looks at it until the pool has ended
    WorkerPool pool({});
    auto running = co_spawn(context(), pool.run(gate.job(), long_time), use_future);
    gate.began.get_future().wait();
    io_threads.stop_and_join();
    gate.open.set_value();
    EXPECT_EQ(running.wait_for(0s), std::future_status::timeout);
}

TEST_F(WorkerPoolTest, finishes_each_of_many_jobs_once) {
    WorkerPool pool({.threads = 4, .queue_max = 2000});
    std::atomic<int> count{0};
    std::vector<std::future<Result<int, PoolFault>>> results;
    for (int number = 0; number < 2000; ++number)
        results.push_back(co_spawn(
            context(), pool.run([&count, number] { return ++count, number; }, long_time), use_future));
    for (int number = 0; number < 2000; ++number)
        EXPECT_EQ(results[static_cast<std::size_t>(number)].get().value(), number);
    EXPECT_EQ(count, 2000);
}

} // namespace
} // namespace bulla::net
