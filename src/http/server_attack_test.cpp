// Group B of the attack catalogue, as bytes on a socket. After each case: one answer and no more, nothing
// executed that should not be, and the next valid request on a new connection is answered.
#include "support/toy_server.hpp"

#include <gtest/gtest.h>

namespace bulla::http::test {
namespace {

// What follows a request that must not be taken for one.
constexpr std::string_view smuggled = "GET /count HTTP/1.1\r\nHost: a\r\n\r\n";

struct Attack {
    char const* id;
    std::string sent;
    std::vector<int> statuses; // any of these; the connection ends after it
};

class ServerAttack : public testing::Test {
protected:
    static std::size_t count_answers(std::string const& text) {
        std::size_t count = 0;
        for (auto at = text.find("\r\nDate: "); at != std::string::npos; at = text.find("\r\nDate: ", at + 1))
            ++count;
        return count;
    }

    void expect_refused(std::vector<Attack> const& attacks) {
        for (auto const& attack : attacks) {
            auto const trace = std::string(attack.id) + ": " + attack.sent.substr(0, 300);
            SCOPED_TRACE(trace);
            auto client = toy.connect();
            client.send(attack.sent);
            auto const text = client.rest();
            EXPECT_EQ(count_answers(text), 1);
            auto const status = text.size() > 12 ? std::stoi(text.substr(9, 3)) : 0;
            EXPECT_NE(std::ranges::find(attack.statuses, status), attack.statuses.end()) << text;
            EXPECT_TRUE(text.contains("\r\nConnection: close\r\n"));
            EXPECT_EQ(toy.calls, 0);
            EXPECT_EQ(toy.ask("GET /ping HTTP/1.1\r\nHost: a\r\n\r\n").status, 200);
        }
    }

    static Attack field(char const* id, std::string_view fields, std::vector<int> statuses = {400}) {
        return {id,
                "POST /count HTTP/1.1\r\nHost: a\r\n" + std::string(fields) + "\r\n0\r\n\r\n" +
                    std::string(smuggled),
                std::move(statuses)};
    }
    static Attack line(char const* id, std::string_view request_line, std::vector<int> statuses = {400}) {
        return {id, std::string(request_line) + "\r\nHost: a\r\n\r\n" + std::string(smuggled),
                std::move(statuses)};
    }
    static Attack chunked(char const* id, std::string_view body, std::vector<int> statuses = {400}) {
        return {id,
                "POST /count HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(body) +
                    std::string(smuggled),
                std::move(statuses)};
    }

    ToyServer toy{{.drain_time_max = std::chrono::milliseconds(20)}};
};

TEST_F(ServerAttack, on_the_length_of_a_body_is_refused) {
    expect_refused({
        field("B1", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
        field("B1", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"),
        field("B1", "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n"),
        field("B2", "Content-Length: 5\r\nContent-Length: 5\r\n"),
        field("B2", "Content-Length: 5\r\nContent-Length: 0\r\n"),
        field("B2", "Content-Length: 5,5\r\n"),
        field("B2", "Content-Length: +5\r\n"),
        field("B2", "Content-Length: -1\r\n"),
        field("B2", "Content-Length: 0x5\r\n"),
        field("B2", "Content-Length: 5 \r\n"),
        field("B2", "Content-Length: 1_0\r\n"),
        field("B2", "Content-Length: 010\r\n"),
        field("B2", "Content-Length: \r\n"),
        field("B2", "Content-Length: 18446744073709551616\r\n"),
        field("B3", "Transfer-Encoding: xchunked\r\n", {501}),
        field("B3", "Transfer-Encoding: chunked, identity\r\n", {501}),
        field("B3", "Transfer-Encoding: identity\r\n", {501}),
        field("B3", "Transfer-Encoding: ,chunked\r\n", {501}),
        field("B3", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
        field("B3", "Transfer-Encoding: \tchunked\r\n"),
        field("B3", "Transfer-Encoding: chunked\t\r\n"),
        field("B3", "Transfer-Encoding: \x0b"
                    "chunked\r\n"),
        field("B3", "Transfer-Encoding: \x0c"
                    "chunked\r\n"),
        field("B3", std::string_view("Transfer-Encoding: \0chunked\r\n", 29)),
        field("B3", std::string_view("Transfer-Encoding: chunked\0\r\n", 29)),
        field("B3", "Transfer-Encoding: chunked\x0b\r\n"),
        field("B3", "Transfer-Encoding: chunked\x0c\r\n"),
        field("B3", "Transfer-Encoding: chunked\xa0\r\n", {501}),
        field("B3", "Transfer-Encoding: chunked \r\n"),
        field("B3",
              "Transfer-Encoding: \xa0"
              "chunked\r\n",
              {501}),
        field("B3", "Transfer-Encoding:\r\n chunked\r\n"),
        {"B3", "POST /count HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", {400}},
    });
}

TEST_F(ServerAttack, on_the_chunks_of_a_body_is_refused) {
    expect_refused({
        chunked("B4", "0x5\r\nhello\r\n0\r\n\r\n"),
        chunked("B4", "+5\r\nhello\r\n0\r\n\r\n"),
        chunked("B4", "-0\r\n\r\n"),
        chunked("B4", "-1\r\nhello\r\n0\r\n\r\n"),
        chunked("B4", "5 \r\nhello\r\n0\r\n\r\n"),
        chunked("B4", " 5\r\nhello\r\n0\r\n\r\n"),
        chunked("B4", "5_0\r\nhello\r\n0\r\n\r\n"),
        chunked("B4", "\r\nhello\r\n0\r\n\r\n"),
        chunked("B4", "00000000000000005\r\nhello\r\n0\r\n\r\n"),
        chunked("B4", "5;a\rb\r\nhello\r\n0\r\n\r\n"),
        chunked("B4", "5;\x01\r\nhello\r\n0\r\n\r\n"),
        chunked("B4", "5;" + std::string(64 * 1024, 'x')),
        chunked("B4", "5\nhello\r\n0\r\n\r\n"),
        chunked("B4", "5\r\nhello0\r\n\r\n"),
        chunked("B4", "5\r\nhello, too long\r\n0\r\n\r\n"),
        chunked("B12", "3e9\r\n", {413}),
        chunked("B12", "ffffffffffffffff\r\n", {413}),
    });
}

TEST_F(ServerAttack, on_lines_and_fields_is_refused) {
    expect_refused({
        {"B6", "GET /count HTTP/1.1\nHost: a\n\n", {400}},
        {"B6", "GET /count HTTP/1.1\rHost: a\r\r", {400}},
        {"B6", "GET /count HTTP/1.1\r\nHost: a\n\r\n", {400}},
        field("B6", "X: a\rb\r\n"),
        field("B6", std::string_view("X: a\0b\r\n", 8)),
        field("B6", "X: a\r\n b\r\n"),
        field("B6", "X : a\r\n"),
        field("B6", "X\r\n"),
        field("B6", ": a\r\n"),
        field("B6", "X(: a\r\n"),
        {"B6", "GET /count HTTP/1.1\r\n Host: a\r\n\r\n", {400}},
        {"B7", "GET /count HTTP/1.1\r\n\r\n", {400}},
        field("B7", "Host: a\r\n"),
        {"B7", "GET /count HTTP/1.1\r\nHost:\r\n\r\n", {400}},
        {"B7", "GET /count HTTP/1.1\r\nHost: a,b\r\n\r\n", {400}},
        {"B7", "GET /count HTTP/1.1\r\nHost: u@a\r\n\r\n", {400}},
        {"B7", "GET /count HTTP/1.1\r\nHost: a/b\r\n\r\n", {400}},
        {"B7", "GET http://b/count HTTP/1.1\r\nHost: a\r\n\r\n", {400}},
    });
}

TEST_F(ServerAttack, on_the_request_line_is_refused) {
    expect_refused({
        line("B8", "GET /count"),
        line("B8", "GET /count HTTP/1.32"),
        line("B8", "GET /count HTTP/4294967295.255"),
        line("B8", "GET /count HTTP/2.0", {505}),
        line("B8", "GET /count http/1.1"),
        line("B8", "GET\t/count\tHTTP/1.1"),
        line("B8", "GET  /count HTTP/1.1"),
        line("B8", "GET /count  HTTP/1.1"),
        line("B8", "GET /count#x HTTP/1.1"),
        line("B8", "GET \\count HTTP/1.1"),
        line("B8", std::string_view("GET /count\0 HTTP/1.1", 20)),
        line("B8", "GET /count%00 HTTP/1.1"),
        line("B8", "GET /count%0d%0a HTTP/1.1"),
        line("B8", "GET /%c1%a3ount HTTP/1.1"),
        line("B8", "GET /c\xc3\xb6unt HTTP/1.1"),
        line("B9", "get /count HTTP/1.1", {501}),
        line("B9", "BREW /count HTTP/1.1", {501}),
        line("B9", "CONNECT a:80 HTTP/1.1", {501}),
        {"B9", std::string(64 * 1024, 'M'), {501}},
        {"B10", "GET /count HTTP/1.1\r\nHost: a\r\nX: " + std::string(64 * 1024, 'v'), {431}},
        {"B10", "GET /count HTTP/1.1\r\nHost: a\r\n" + std::string(64 * 1024, 'n'), {431}},
        {"B11", "GET /" + std::string(8 * 1024, 'u') + " HTTP/1.1\r\nHost: a\r\n\r\n", {414}},
        {"B11", "GET /" + std::string(64 * 1024, 'u'), {414}},
        line("B18", "GET /x/../count HTTP/1.1"),
        line("B18", "GET /%2e%2e/count HTTP/1.1"),
        line("B18", "GET //count HTTP/1.1"),
        line("B18", "GET /./count HTTP/1.1"),
        line("B18", "GET /x\\..\\count HTTP/1.1"),
        {"B22", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {505}},
        {"B22", "\x16\x03\x01\x02", {400}},
        {"B22", "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n" + std::string(smuggled), {400}},
    });
}

TEST_F(ServerAttack, with_too_many_fields_is_refused) {
    std::string many = "GET /count HTTP/1.1\r\nHost: a\r\n";
    for (int count = 0; count < 100; ++count)
        many += "X: 1\r\n";
    expect_refused({{"B10", many + "\r\n", {431}}});
}

TEST_F(ServerAttack, with_a_body_beyond_the_limit_is_refused_before_it_is_read) {
    expect_refused({
        {"B12", "POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n", {413}},
        {"B12", "POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775807\r\n\r\n", {413}},
        {"B12", "GET /count HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", {413}},
        {"B12", "POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: magic\r\n\r\nhello", {417}},
        {"B24",
         "POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Encoding: gzip\r\n\r\nhello",
         {415}},
        {"B24",
         "POST /count HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Encoding: br\r\n\r\nhello",
         {415}},
        {"B9", "POST /nowhere HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nGET /", {404}},
    });
}

// B5
TEST_F(ServerAttack, by_trailers_changes_nothing) {
    auto client = toy.connect();
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n"
                "Content-Length: 50\r\nTransfer-Encoding: x\r\nHost: b\r\nAuthorization: x\r\n\r\n"
                "GET /client HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(client.answer().body, "hi");
    EXPECT_EQ(client.answer().body, "127.0.0.1");
}

// B7
TEST_F(ServerAttack, is_not_what_an_absolute_target_of_the_same_host_is) {
    EXPECT_EQ(toy.ask("GET http://a:80/ping HTTP/1.1\r\nHost: a:80\r\n\r\n").status, 200);
}

// B3 B4
TEST_F(ServerAttack, is_not_what_a_chunked_body_with_plain_extensions_is) {
    EXPECT_EQ(
        toy.ask(
               "POST /echo HTTP/1.1\r\nHost: a\r\ntransfer-encoding: Chunked\r\n\r\n2;a=b\r\nhi\r\n0\r\n\r\n")
            .body,
        "hi");
}

// B18
TEST_F(ServerAttack, on_paths_finds_nothing) {
    for (std::string const path :
         {"/ping;x=y", "/..;/ping", "/%252e%252e/ping", "/ping/", "/PING", "/%70ing", "/items/a/b"})
        EXPECT_EQ(toy.ask("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").status, 404) << path;
}

// B19
TEST_F(ServerAttack, on_forms_is_refused) {
    auto const form = [&](std::string const& type, std::string const& body) {
        return toy.ask("POST /form HTTP/1.1\r\nHost: a\r\n" + type +
                       "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    };
    std::string const good = "Content-Type: application/x-www-form-urlencoded\r\n";
    EXPECT_EQ(form(good, "username=a&password=b").body, "a|b");
    EXPECT_EQ(form("", "username=a&password=b").status, 415);
    EXPECT_EQ(form(good + good, "username=a&password=b").status, 400);
    EXPECT_EQ(form("Content-Type: text/plain\r\n", "username=a&password=b").status, 415);
    EXPECT_EQ(form("Content-Type: multipart/form-data; boundary=b\r\n", "username=a&password=b").status, 415);
    EXPECT_EQ(form("Content-Type: application/x-www-form-urlencoded; charset=utf-7\r\n", "username=a").status,
              415);
    EXPECT_EQ(form("Content-Type: application/json\r\n", R"({"username":"a","password":"b"})").status, 415);
    EXPECT_EQ(form(good, "username=a&username=a&password=b").status, 400);
    EXPECT_EQ(form(good, "username=a;password=b").status, 400);
    EXPECT_EQ(form(good, "username=a").status, 400);
    EXPECT_EQ(form(good, "username=a&password=b&role=admin").status, 400);
    EXPECT_EQ(form(good, "username=a&password=" + std::string(4097, 'p')).status, 400);
    EXPECT_EQ(form(good, "username=a&password=" + std::string(16 * 1024, 'p')).status, 413);
}

// B13: each byte in time, the whole too late. The pace is that of another client's requests.
TEST(SlowClient, that_sends_a_byte_now_and_then_is_cut_at_the_deadline_of_the_whole) {
    using namespace std::chrono_literals;
    ToyServer toy({.header_time_max = 20ms, .body_time_max = 20ms, .drain_time_max = 20ms});
    for (std::string_view const start :
         {"GET /ping HTTP/1.1\r\nHost: a\r\nX: ",
          "POST /large-echo HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n"}) {
        auto slow = toy.connect();
        slow.send(start);
        int bytes = 0;
        while (!slow.has_something_to_read() && ++bytes < 100'000) {
            slow.send("x");
            ASSERT_EQ(toy.ask("GET /ping HTTP/1.1\r\nHost: a\r\n\r\n").status, 200);
        }
        EXPECT_EQ(slow.answer().status, 408) << start;
    }
}

// B16: the client dies after each byte of the answer.
TEST_F(ServerAttack, by_dying_within_the_answer_leaves_nothing_behind) {
    constexpr std::string_view request = "GET /ping HTTP/1.1\r\nHost: a\r\n\r\n";
    auto client = toy.connect();
    client.send(request);
    auto const answer = client.answer();
    client.reset();
    for (std::size_t size = 0; size <= answer.head.size() + 4 + answer.body.size(); ++size) {
        auto dying = toy.connect();
        dying.send(request);
        dying.read_exactly(size);
        dying.reset();
    }
    EXPECT_EQ(toy.ask(request).status, 200);
}

// B19
TEST_F(ServerAttack, by_a_parameter_in_query_and_body_changes_nothing) {
    std::string const body = "username=a&password=b";
    EXPECT_EQ(toy.ask("POST /form?username=c&password=d HTTP/1.1\r\nHost: a\r\n"
                      "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 21\r\n\r\n" +
                      body)
                  .body,
              "a|b");
}

// B25
TEST_F(ServerAttack, by_cookies_of_any_shape_changes_nothing) {
    std::string pairs = "__Host-session=a; __Host-session=b; quoted=\"x; y\"; =; ;;; a";
    for (int count = 0; count < 200; ++count)
        pairs += "; c" + std::to_string(count) + "=" + std::string(20, 'c');
    EXPECT_EQ(toy.ask("GET /ping HTTP/1.1\r\nHost: a\r\nCookie: " + pairs + "\r\n\r\n").body, "pong");
    EXPECT_EQ(toy.ask("GET /ping HTTP/1.1\r\nHost: a\r\nCookie: a=1\r\nCookie: a=2\r\n\r\n").status, 400);
    EXPECT_EQ(toy.ask(std::string_view("GET /ping HTTP/1.1\r\nHost: a\r\nCookie: a=\0\r\n\r\n", 44)).status,
              400);
}

// B25
TEST_F(ServerAttack, by_fields_that_mean_nothing_here_changes_nothing) {
    EXPECT_EQ(
        toy.ask("GET /ping HTTP/1.1\r\nHost: a\r\nRange: bytes=0-1\r\nIf-Match: x\r\nAccept: q=nonsense;;\r\n"
                "Upgrade: websocket\r\nConnection: Upgrade\r\nTE: trailers\r\nX-Original-URL: /count\r\n"
                "Cookie: " +
                std::string(8 * 1024, 'c') + "\r\n\r\n")
            .body,
        "pong");
    EXPECT_EQ(toy.calls, 0);
}

} // namespace
} // namespace bulla::http::test
