#include "service/test_node.hpp"
#include "support/temporary_directory.hpp"

namespace bulla::service {
namespace {

using namespace std::chrono_literals;

// The pool has one thread and one place to wait: two jobs that stay fill it.
class FullPool {
public:
    explicit FullPool(net::WorkerPool& pool) {
        hold(pool);
        started_.get_future().wait(); // the first one runs, so the second one waits
        hold(pool);
        while (pool.waiting() == 0)
            std::this_thread::yield();
    }
    ~FullPool() {
        release_.set_value();
        thread_.join();
    }

private:
    void hold(net::WorkerPool& pool) {
        boost::asio::co_spawn(
            context_,
            [this, &pool]() -> boost::asio::awaitable<void> {
                auto job = [this, started = std::exchange(first_, false)] {
                    if (started)
                        started_.set_value();
                    released_.wait();
                };
                std::ignore = co_await pool.run(std::move(job), 1h);
            },
            [](std::exception_ptr const&) {});
        if (!thread_.joinable())
            thread_ = std::thread([this] { context_.run(); });
    }

    boost::asio::io_context context_{1};
    std::promise<void> started_;
    std::promise<void> release_;
    std::shared_future<void> released_{release_.get_future()};
    bool first_ = true; // of the context's thread
    std::thread thread_;
};

class PlainFormOfNode : public testing::Test {
protected:
    PlainFormOfNode() {
        settings.data = directory.path() / "data";
        node = std::make_unique<TestNode>(settings, clock);
    }
    test::TemporaryDirectory directory;
    Settings settings;
    SetClock clock;
    std::unique_ptr<TestNode> node;
};

// Ten refusals would otherwise be ten guesses, and the owner would have to wait.
TEST_F(PlainFormOfNode, a_login_that_finds_the_pool_full_is_no_guess) {
    node->sign_up();
    {
        FullPool const full(node->argon2_pool());
        for (int count = 0; count < 10; ++count)
            EXPECT_EQ(node->log_in("a wrong guess").error().kind, ServiceFaultKind::busy);
    }
    EXPECT_TRUE(node->log_in(test_password));
}

TEST_F(PlainFormOfNode, a_login_that_finds_room_is_a_guess) {
    node->sign_up();
    for (int count = 0; count < 5; ++count)
        EXPECT_EQ(node->log_in("a wrong guess").error().kind, ServiceFaultKind::login_refused);
    EXPECT_EQ(node->log_in(test_password).error().kind, ServiceFaultKind::wait);
}

// A name has five evaluations in an hour.
TEST_F(PlainFormOfNode, a_registration_that_finds_the_pool_full_counts_for_nothing) {
    {
        FullPool const full(node->argon2_pool());
        for (int count = 0; count < 10; ++count)
            EXPECT_EQ(node->try_sign_up("alice").error().kind, ServiceFaultKind::busy);
    }
    EXPECT_TRUE(node->try_sign_up("alice"));
}

// An entry made by the clock alone would have expired before its block, whose time does not go back: nobody
// could register until the clock had caught up. G9
TEST_F(PlainFormOfNode, takes_registrations_and_logins_after_its_clock_was_set_back) {
    clock.advance(24h * 3650);
    node->sign_up();
    for (auto const back : {-1h, -24h * 3650}) {
        clock.advance(back);
        EXPECT_TRUE(node->try_sign_up("bob" + std::to_string(back.count())).has_value());
        EXPECT_TRUE(node->log_in(test_password).has_value());
    }
}

} // namespace
} // namespace bulla::service
