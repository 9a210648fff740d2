#include "support/temporary_directory.hpp"
#include "support/toy_server.hpp"

#include <gtest/gtest.h>

#include <sys/resource.h>

#include <set>
#include <thread>

namespace bulla::http::test {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view ping = "GET /ping HTTP/1.1\r\nHost: a\r\n\r\n";

void wait_for_connections(Server& server, std::size_t count) {
    while (server.connections() != count)
        std::this_thread::yield();
}

TEST(Server, answers_a_request_with_the_fields_every_answer_has) {
    ToyServer toy;
    auto const answer = toy.ask(ping);
    EXPECT_EQ(answer.head, "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                           "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 4\r\n"
                           "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
                           "X-Request-Id: " +
                               answer.field("X-Request-Id").value());
    EXPECT_EQ(answer.body, "pong");
}

TEST(Server, keeps_a_connection_for_the_next_request) {
    ToyServer toy;
    auto client = toy.connect();
    for (int count = 0; count < 3; ++count) {
        client.send(ping);
        EXPECT_EQ(client.answer().body, "pong");
    }
    EXPECT_EQ(toy.server().connections(), 1);
}

TEST(Server, closes_a_connection_when_asked_and_says_so) {
    ToyServer toy;
    auto client = toy.connect();
    client.send("GET /ping HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(client.answer().field("Connection"), "close");
    EXPECT_TRUE(client.is_at_end());
}

TEST(Server, speaks_http_1_0_and_keeps_such_a_connection_only_when_asked) {
    ToyServer toy;
    auto client = toy.connect();
    client.send("GET /ping HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\nGET /ping HTTP/1.0\r\n\r\n");
    EXPECT_EQ(client.answer().field("Connection"), "keep-alive");
    EXPECT_EQ(client.answer().field("Connection"), "close");
    EXPECT_TRUE(client.is_at_end());
}

// B14
TEST(Server, answers_a_thousand_pipelined_requests_in_order) {
    ToyServer toy;
    auto client = toy.connect();
    std::string requests;
    for (int number = 0; number < 1000; ++number)
        requests += "GET /items/" + std::to_string(number) + " HTTP/1.1\r\nHost: a\r\n\r\n";
    client.send(requests);
    for (int number = 0; number < 1000; ++number)
        ASSERT_EQ(client.answer().body, std::to_string(number));
}

// B14
TEST(Server, lets_others_between_the_requests_that_one_connection_has_pipelined) {
    ToyServer toy;
    auto many = toy.connect();
    auto of_the_other_thread = toy.connect();
    auto other = toy.connect();
    other.send(ping);
    other.answer();
    std::string requests = "GET /hold HTTP/1.1\r\nHost: a\r\n\r\n";
    for (int number = 0; number < 100; ++number)
        requests += "GET /count HTTP/1.1\r\nHost: a\r\n\r\n";
    many.send(requests);
    toy.gate_reached.get_future().wait();
    other.send(ping); // lies there when the thread goes on
    toy.gate_open = true;
    toy.gate_open.notify_all();
    EXPECT_EQ(other.answer().status, 200);
    for (int number = 0; number < 101; ++number)
        many.answer();
    auto const exchanges = toy.exchanges();
    auto const held = std::ranges::find(exchanges, "hold", &Exchange::route);
    auto const between = std::ranges::find(held, exchanges.end(), "ping", &Exchange::route);
    ASSERT_NE(between, exchanges.end());
    EXPECT_LE(between - held, 10);
}

// B14
TEST(Server, answers_what_came_before_an_invalid_request_then_refuses_it_and_nothing_after_it) {
    ToyServer toy;
    auto client = toy.connect();
    client.send(std::string(ping) + "BAD\r\n\r\nGET /count HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(client.answer().status, 200);
    auto const refusal = client.answer();
    EXPECT_EQ(refusal.status, 400);
    EXPECT_EQ(refusal.field("Connection"), "close");
    EXPECT_TRUE(client.is_at_end());
    EXPECT_EQ(toy.calls, 0);
}

// B14
TEST(Server, ends_a_connection_after_so_many_requests) {
    ToyServer toy({.requests_per_connection_max = 3});
    auto client = toy.connect();
    client.send(std::string(ping) + std::string(ping) + std::string(ping) + std::string(ping));
    EXPECT_EQ(client.answer().field("Connection"), std::nullopt);
    EXPECT_EQ(client.answer().field("Connection"), std::nullopt);
    EXPECT_EQ(client.answer().field("Connection"), "close");
    EXPECT_TRUE(client.is_at_end());
}

TEST(Server, reads_bodies_of_known_size_and_in_chunks) {
    ToyServer toy;
    auto client = toy.connect();
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
                "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nbye\r\n0\r\n\r\n");
    EXPECT_EQ(client.answer().body, "hello");
    EXPECT_EQ(client.answer().body, "bye");
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(client.answer().body, "");
}

TEST(Server, reads_and_writes_bodies_larger_than_any_buffer) {
    ToyServer toy;
    auto const body = std::string(500'000, 'b');
    EXPECT_TRUE(
        toy.ask("POST /large-echo HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n" + body).body ==
        body);
    EXPECT_EQ(toy.ask("GET /large HTTP/1.1\r\nHost: a\r\n\r\n").body.size(), 3'000'000);
}

TEST(Server, reads_a_request_cut_at_any_byte) {
    ToyServer toy;
    constexpr std::string_view request =
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3\r\nabc\r\n0\r\n\r\n";
    auto client = toy.connect();
    for (std::size_t cut = 1; cut < request.size(); ++cut) {
        client.send(request.substr(0, cut));
        client.send(request.substr(cut));
        ASSERT_EQ(client.answer().body, "abc") << cut;
    }
}

// B9
TEST(Server, answers_head_as_get_but_without_the_body) {
    ToyServer toy;
    auto client = toy.connect();
    client.send("HEAD /ping HTTP/1.1\r\nHost: a\r\n\r\n" + std::string(ping));
    EXPECT_EQ(client.answer("HEAD").field("Content-Length"), "4");
    EXPECT_EQ(client.answer().body, "pong");
}

// B9
TEST(Server, names_the_methods_that_a_path_has) {
    ToyServer toy;
    for (std::string const method : {"DELETE", "TRACE", "OPTIONS", "PUT"}) {
        auto const answer = toy.ask(method + " /count HTTP/1.1\r\nHost: a\r\n\r\n");
        EXPECT_EQ(answer.status, 405);
        EXPECT_EQ(answer.field("Allow"), "GET, HEAD, POST");
    }
}

// B12
TEST(Server, asks_for_a_body_that_waits_for_it_and_refuses_one_that_is_too_large_before_it_comes) {
    ToyServer toy;
    auto client = toy.connect();
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(client.answer().status, 100);
    client.send("hello");
    EXPECT_EQ(client.answer().body, "hello");
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(client.answer().status, 413);
    EXPECT_TRUE(client.is_at_end());
}

// B17
TEST(Server, answers_once_whatever_is_reflected) {
    ToyServer toy;
    EXPECT_EQ(toy.ask("GET /reflect?to=/a%C3%A9 HTTP/1.1\r\nHost: a\r\n\r\n").field("Location"),
              "/a\xc3\xa9");
    EXPECT_EQ(toy.ask("GET /reflect?to=/a%0d%0aSet-Cookie:x HTTP/1.1\r\nHost: a\r\n\r\n").status, 400);
    EXPECT_EQ(toy.ask("GET /reflect?to=1&to=2 HTTP/1.1\r\nHost: a\r\n\r\n").status, 400);
}

TEST(Server, answers_500_for_an_exception_and_tells_the_observer_alone) {
    ToyServer toy;
    auto client = toy.connect();
    client.send("GET /fail HTTP/1.1\r\nHost: a\r\n\r\n" + std::string(ping));
    auto const answer = client.answer();
    EXPECT_EQ(answer.status, 500);
    EXPECT_FALSE(answer.body.contains("fire"));
    EXPECT_EQ(client.answer().status, 200);
    EXPECT_EQ(toy.exceptions().front(), "table on fire");
}

TEST(Server, names_each_request_at_random_and_tells_the_observer_the_same_name) {
    ToyServer toy;
    auto client = toy.connect();
    client.send(std::string(ping) + "GET /none HTTP/1.1\r\nHost: a\r\nX-Request-Id: mine\r\n\r\nBAD\r\n\r\n");
    std::vector<std::string> told;
    for (int count = 0; count < 3; ++count)
        told.push_back(client.answer().field("X-Request-Id").value());
    EXPECT_EQ(std::set(told.begin(), told.end()).size(), 3U);
    for (auto const& id : told) {
        EXPECT_EQ(id.size(), 16U);
        EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos);
    }
    client.rest();
    toy.wait_for_no_connection(); // the observer has been told of the last request by then
    EXPECT_EQ(toy.request_ids(), told);
}

TEST(Server, names_the_request_in_the_body_of_a_500) {
    ToyServer toy;
    auto client = toy.connect();
    client.send("GET /fail HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    auto const answer = client.answer();
    client.rest();
    toy.wait_for_no_connection(); // the observer has been told by then
    auto const id = answer.field("X-Request-Id").value();
    EXPECT_EQ(id.size(), 16U);
    EXPECT_TRUE(answer.body.ends_with(",\"request_id\":\"" + id + "\"}")) << answer.body;
    EXPECT_EQ(toy.exchanges().front().problem, Problem::internal_error);
}

TEST(Server, counts_the_requests_that_are_not_answered_yet) {
    ToyServer toy;
    EXPECT_EQ(toy.server().requests_in_flight(), 0U);
    auto client = toy.connect();
    client.send("GET /gate HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    toy.gate_reached.get_future().wait();
    EXPECT_EQ(toy.server().requests_in_flight(), 1U);
    toy.gate_open = true;
    client.rest();
    toy.wait_for_no_connection();
    EXPECT_EQ(toy.server().requests_in_flight(), 0U);
}

TEST(Server, tells_the_observer_of_each_request) {
    ToyServer toy;
    auto client = toy.connect();
    client.send("HEAD /ping HTTP/1.1\r\nHost: a\r\n\r\nGET /none HTTP/1.1\r\nHost: a\r\n\r\nBAD\r\n\r\n");
    client.rest();
    auto const seen = toy.exchanges();
    ASSERT_EQ(seen.size(), 3);
    EXPECT_EQ(seen[0].method, Method::head);
    EXPECT_EQ(seen[0].route, "ping");
    EXPECT_EQ(seen[0].status, 200);
    EXPECT_EQ(seen[1].status, 404);
    EXPECT_EQ(seen[1].route, "");
    EXPECT_EQ(seen[2].status, 400);
}

TEST(Server, sends_an_answer_of_unknown_length_in_chunks_or_until_the_close) {
    ToyServer toy;
    auto client = toy.connect();
    client.send("GET /stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    auto const answer = client.rest();
    EXPECT_TRUE(answer.contains("Transfer-Encoding: chunked\r\n"));
    EXPECT_TRUE(answer.ends_with("\r\n\r\n8\r\npiece 2\n\r\n8\r\npiece 1\n\r\n8\r\npiece 0\n\r\n0\r\n\r\n"))
        << answer;
    auto old = toy.connect();
    old.send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_TRUE(old.rest().ends_with("Connection: close\r\n\r\npiece 2\npiece 1\npiece 0\n"));
}

// B13
TEST(Server, tells_a_slow_client_so_and_closes_an_idle_connection_without_a_word) {
    ToyServer toy(
        {.header_time_max = 20ms, .body_time_max = 20ms, .idle_time_max = 20ms, .drain_time_max = 20ms});
    EXPECT_EQ(toy.ask("GET /ping HTTP/1.1\r\nHos").status, 408);
    EXPECT_EQ(toy.ask("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhell").status, 408);
    EXPECT_EQ(toy.ask("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhell").status,
              408);
    EXPECT_TRUE(toy.connect().is_at_end());
    auto client = toy.connect();
    client.send(ping);
    EXPECT_EQ(client.answer().status, 200);
    EXPECT_TRUE(client.is_at_end());
}

// B13
TEST(Server, gives_up_on_a_client_that_does_not_read) {
    ToyServer toy({.write_time_max = 20ms});
    auto client = toy.connect();
    std::string requests;
    for (int count = 0; count < 10; ++count)
        requests += "GET /large HTTP/1.1\r\nHost: a\r\n\r\n";
    client.send(requests);
    wait_for_connections(toy.server(), 1);
    wait_for_connections(toy.server(), 0);
    EXPECT_EQ(toy.ask(ping).status, 200);
}

// The process can open no file above the given one while this object lives.
class NoMoreFiles {
public:
    explicit NoMoreFiles(int last) {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        rlimit const now{.rlim_cur = static_cast<rlim_t>(last) + 1, .rlim_max = before_.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &now);
    }
    ~NoMoreFiles() { ::setrlimit(RLIMIT_NOFILE, &before_); }
    NoMoreFiles(NoMoreFiles const&) = delete;
    NoMoreFiles& operator=(NoMoreFiles const&) = delete;

private:
    rlimit before_{};
};

// B15
// J3
TEST(Server, without_a_file_for_a_new_connection_serves_those_it_has_and_accepts_again_later) {
    ToyServer toy;
    auto first = toy.connect();
    first.send(ping);
    EXPECT_EQ(first.answer().status, 200);
    RawClient second; // takes the lowest free file, so the limit leaves none
    {
        NoMoreFiles const none(second.file());
        second.connect(toy.server().port());
        second.send(ping);
        first.send(ping);
        EXPECT_EQ(first.answer().status, 200);
        EXPECT_EQ(toy.server().connections(), 1);
    }
    EXPECT_EQ(second.answer().status, 200);
}

// B16
TEST(Server, survives_a_client_that_dies_at_any_byte) {
    ToyServer toy;
    constexpr std::string_view request = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
    for (std::size_t size = 0; size <= request.size(); ++size) {
        auto client = toy.connect();
        client.send(request.substr(0, size));
        client.reset();
    }
    for (int count = 0; count < 20; ++count) {
        auto client = toy.connect();
        client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
        client.reset();
    }
    EXPECT_EQ(toy.ask(ping).status, 200);
    wait_for_connections(toy.server(), 0);
}

TEST(Server, answers_a_client_that_has_ended_its_side) {
    ToyServer toy;
    auto client = toy.connect();
    client.send(ping);
    client.end_sending();
    EXPECT_EQ(client.answer().status, 200);
    EXPECT_TRUE(client.is_at_end());
}

TEST(Server, turns_away_connections_beyond_its_limits) {
    ToyServer toy({.connections_max = 2});
    auto first = toy.connect();
    first.send(ping);
    first.answer();
    auto second = toy.connect();
    second.send(ping);
    second.answer();
    auto third = toy.connect();
    auto const answer = third.answer();
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.field("Retry-After"), "1");
    EXPECT_TRUE(third.is_at_end());
    second.reset();
    wait_for_connections(toy.server(), 1);
    EXPECT_EQ(toy.ask(ping).status, 200);
}

TEST(Server, turns_away_connections_beyond_the_limit_of_one_prefix_unless_a_trusted_proxy_makes_them) {
    ServerLimits const limits{.connections_per_prefix_max = 1};
    {
        ToyServer toy(limits);
        auto first = toy.connect();
        first.send(ping);
        first.answer();
        EXPECT_EQ(toy.connect().answer().status, 503);
    }
    ToyServer toy(limits, TcpListener{}, TrustedProxies::parse({"127.0.0.1"}).value());
    auto first = toy.connect();
    first.send(ping);
    first.answer();
    EXPECT_EQ(toy.ask("GET /client HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n").body,
              "192.0.2.1");
}

// B21
TEST(Server, takes_no_address_from_a_stranger) {
    ToyServer toy;
    EXPECT_EQ(toy.ask("GET /client HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n").body,
              "127.0.0.1");
}

TEST(Server, when_it_stops_closes_idle_connections_and_lets_a_request_in_flight_finish) {
    ToyServer toy;
    auto idle = toy.connect();
    idle.send(ping);
    idle.answer();
    auto busy = toy.connect();
    busy.send("GET /gate HTTP/1.1\r\nHost: a\r\n\r\n" + std::string(ping));
    toy.gate_reached.get_future().wait();
    auto stopping = std::async([&] { toy.server().stop(1h); });
    EXPECT_TRUE(idle.is_at_end());
    toy.gate_open = true;
    auto const answer = busy.answer();
    EXPECT_EQ(answer.body, "open");
    EXPECT_EQ(answer.field("Connection"), "close");
    EXPECT_TRUE(busy.is_at_end());
    stopping.get();
    EXPECT_FALSE(toy.connect().is_connected());
}

// J1
TEST(Server, when_it_stops_lets_a_request_be_completed_that_has_begun) {
    ToyServer toy;
    auto client = toy.connect();
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(client.answer().status, 100);
    auto stopping = std::async([&] { toy.server().stop(1h); });
    client.send("hello");
    EXPECT_EQ(client.answer().body, "hello");
    stopping.get();
}

TEST(Server, when_its_grace_is_over_cuts_what_is_left) {
    ToyServer toy;
    auto client = toy.connect();
    client.send("GET /ping HT");
    wait_for_connections(toy.server(), 1);
    toy.server().stop(0ms);
    EXPECT_EQ(toy.server().connections(), 0);
    EXPECT_TRUE(client.is_at_end());
    toy.server().stop(0ms);
}

TEST(Server, listens_on_a_unix_socket_that_is_ours_alone) {
    bulla::test::TemporaryDirectory const directory;
    auto const path = (directory.path() / "control.sock").string();
    for (int start = 0; start < 2; ++start) {
        ToyServer toy({}, UnixListener{.path = path});
        EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms(0600));
        RawClient client(path);
        client.send(ping);
        EXPECT_EQ(client.answer().body, "pong");
    }
    EXPECT_FALSE(std::filesystem::exists(path));
}

StartFaultKind start_fault(Listener const& listener) {
    FixedClock const clock;
    Router const router({});
    net::IoThreads threads(1);
    alignas(64) std::byte place[64];
    auto const server = Server::start(listener,
                                      {.router = router,
                                       .application = reinterpret_cast<service::Application&>(place),
                                       .clock = clock,
                                       .observer = {},
                                       .limits = {},
                                       .proxies = {}},
                                      threads);
    return server ? StartFaultKind::failed : server.error().kind;
}

TEST(Server, tells_why_it_cannot_listen) {
    ToyServer toy;
    EXPECT_EQ(start_fault(TcpListener{.port = toy.server().port()}), StartFaultKind::address_in_use);
    EXPECT_EQ(start_fault(TcpListener{.host = "localhost"}), StartFaultKind::address_malformed);
    EXPECT_EQ(start_fault(UnixListener{.path = std::string(200, 'x')}), StartFaultKind::address_malformed);
}

} // namespace
} // namespace bulla::http::test
