// A server with a few toy routes on the loopback, for the tests of the machinery.
#pragma once

#include "http/form.hpp"
#include "http/server.hpp"
#include "support/raw_http.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <future>
#include <thread>

namespace bulla::http::test {

using bulla::test::RawAnswer;
using bulla::test::RawClient;

class FixedClock final : public base::Clock {
public:
    base::Timestamp now() const override { return base::from_unix_milliseconds(784'111'777'000); }
};

class ToyServer {
public:
    explicit ToyServer(ServerLimits limits = {}, Listener const& listener = TcpListener{},
                       TrustedProxies proxies = {})
        : router_(routes()) {
        auto started = Server::start(listener, parts(limits, std::move(proxies)), threads_);
        CHECK(started);
        server_ = *std::move(started);
    }

    Server& server() { return *server_; }
    RawClient connect() { return RawClient(server_->port()); }
    void wait_for_no_connection() {
        while (server_->connections() > 0)
            std::this_thread::yield();
    }

    // The answer to one request on a connection of its own.
    RawAnswer ask(std::string_view request) {
        auto client = connect();
        client.send(request);
        return client.answer();
    }

    std::atomic<int> calls = 0;      // of /count
    std::promise<void> gate_reached; // /gate was called, and answers when the gate is open; /hold likewise,
                                     // and its I/O thread does nothing else meanwhile
    std::atomic<bool> gate_open = false;
    std::vector<Exchange> exchanges() {
        base::Lock const lock(mutex_);
        return exchanges_;
    }
    std::vector<std::string> exceptions() {
        base::Lock const lock(mutex_);
        return exceptions_;
    }
    std::vector<std::string> request_ids() {
        base::Lock const lock(mutex_);
        return request_ids_;
    }

private:
    // No toy looks at the application.
    service::Application& no_application() {
        return reinterpret_cast<service::Application&>(application_place_);
    }

    ServerParts parts(ServerLimits limits, TrustedProxies proxies) {
        return {.router = router_,
                .application = no_application(),
                .clock = clock_,
                .observer =
                    [this](Exchange const& exchange) {
                        base::Lock const lock(mutex_);
                        exchanges_.push_back(exchange);
                        exchanges_.back().exception = {};
                        exchanges_.back().request_id = {};
                        exceptions_.emplace_back(exchange.exception);
                        request_ids_.emplace_back(exchange.request_id);
                    },
                .limits = limits,
                .proxies = std::move(proxies)};
    }

    std::vector<Route> routes();

    alignas(64) std::array<std::byte, 64> application_place_{};
    FixedClock clock_;
    base::Mutex mutex_;
    std::vector<Exchange> exchanges_ GUARDED_BY(mutex_);
    std::vector<std::string> exceptions_ GUARDED_BY(mutex_);
    std::vector<std::string> request_ids_ GUARDED_BY(mutex_);
    Router router_;
    net::IoThreads threads_{2};
    std::unique_ptr<Server> server_;
};

} // namespace bulla::http::test
