#include "net/http_client.hpp"

#include "net/io_threads.hpp"
#include "support/temporary_directory.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

namespace bulla::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;

// Takes one connection, reads a request's head, sends a fixed answer and closes.
template <class Protocol>
class OneAnswer {
public:
    OneAnswer(typename Protocol::endpoint const& place, std::string answer)
        : acceptor_(context_, place),
          thread_("answer", [this, answer = std::move(answer)](std::stop_token const&) {
              typename Protocol::socket socket(context_);
              boost::system::error_code error;
              acceptor_.accept(socket, error);
              asio::read_until(socket, asio::dynamic_buffer(request_), "\r\n\r\n", error);
              asio::write(socket, asio::buffer(answer), error);
          }) {}

    auto place() const { return acceptor_.local_endpoint(); }
    // What was asked, once it was answered.
    std::string request() {
        thread_.stop_and_join();
        return request_;
    }

private:
    asio::io_context context_;
    typename Protocol::acceptor acceptor_;
    std::string request_;
    Thread thread_;
};

using Answer = OneAnswer<tcp>;

tcp::endpoint any_port() {
    return {asio::ip::make_address("127.0.0.1"), 0};
}

Result<HttpAnswer, HttpClientFault> ask(HttpPeer peer, HttpRequest request = {}, HttpBounds bounds = {}) {
    IoThreads threads(1);
    return asio::co_spawn(threads.at(0), exchange(std::move(peer), std::move(request), bounds),
                          asio::use_future)
        .get();
}
Result<HttpAnswer, HttpClientFault> ask(Answer const& server, HttpRequest request = {},
                                        HttpBounds bounds = {}) {
    return ask(TcpPeer{"127.0.0.1", server.place().port()}, std::move(request), bounds);
}

TEST(HttpClient, sends_the_request_and_reads_the_answer) {
    Answer server(any_port(), "HTTP/1.1 201 Created\r\nX-Word: hello\r\nContent-Length: 5\r\n\r\nworld");
    auto const answer = ask(server, {.method = "POST",
                                     .target = "/a?b=c",
                                     .host = "example.org",
                                     .fields = {{"Content-Type", "text/plain"}},
                                     .body = "text"});
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 201);
    EXPECT_EQ(answer->body, "world");
    EXPECT_EQ(answer->field("x-word"), "hello");
    EXPECT_FALSE(answer->field("x-other"));
    auto const request = server.request();
    EXPECT_TRUE(request.starts_with("POST /a?b=c HTTP/1.1\r\n"));
    for (auto const* const line :
         {"Host: example.org", "Content-Type: text/plain", "Content-Length: 4", "close"})
        EXPECT_TRUE(request.contains(line)) << request;
}

TEST(HttpClient, speaks_over_a_unix_socket) {
    test::TemporaryDirectory const directory;
    auto const path = (directory.path() / "socket").string();
    OneAnswer<asio::local::stream_protocol> const server(path, "HTTP/1.1 204 No Content\r\n\r\n");
    EXPECT_EQ(ask(UnixPeer{path}).value().status, 204);
}

TEST(HttpClient, a_body_without_length_ends_with_the_connection) {
    Answer const server(any_port(), "HTTP/1.1 200 OK\r\n\r\nall of it");
    EXPECT_EQ(ask(server).value().body, "all of it");
}

TEST(HttpClient, an_answer_cut_short_is_malformed) {
    for (auto const* const text :
         {"", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwor", "SSH-2.0\r\n\r\n"}) {
        Answer const server(any_port(), text);
        EXPECT_EQ(ask(server).error(), HttpClientFault::malformed) << text;
    }
}

TEST(HttpClient, an_answer_beyond_the_bound_is_refused) {
    Answer const server(any_port(), "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n12345678901");
    EXPECT_EQ(ask(server, {}, {.time_max = 30s, .body_size_max = 10}).error(), HttpClientFault::too_large);
}

TEST(HttpClient, a_server_that_says_nothing_is_given_up) {
    asio::io_context context;
    tcp::acceptor const silent(context, any_port()); // the system accepts for it
    auto const port = silent.local_endpoint().port();
    EXPECT_EQ(ask(TcpPeer{"127.0.0.1", port}, {}, {.time_max = 50ms, .body_size_max = 10}).error(),
              HttpClientFault::late);
}

TEST(HttpClient, nobody_there_is_told_from_an_unknown_host) {
    auto const port = [] {
        asio::io_context context;
        return tcp::acceptor(context, any_port()).local_endpoint().port();
    }();
    EXPECT_EQ(ask(TcpPeer{"127.0.0.1", port}).error(), HttpClientFault::not_connected);
    EXPECT_EQ(ask(TcpPeer{"nobody.invalid", 80}).error(), HttpClientFault::unknown_host);
    EXPECT_EQ(ask(UnixPeer{"/nowhere/at/all"}).error(), HttpClientFault::not_connected);
    EXPECT_EQ(ask(UnixPeer{std::string(200, 'x')}).error(), HttpClientFault::unknown_host);
}

TEST(HttpUrl, host_port_and_prefix_are_taken_apart) {
    auto const url = parse_http_url("http://example.org:8080/auth/").value();
    EXPECT_EQ(url.peer.host, "example.org");
    EXPECT_EQ(url.peer.port, 8080);
    EXPECT_EQ(url.host, "example.org:8080");
    EXPECT_EQ(url.prefix, "/auth");
    EXPECT_EQ(parse_http_url("http://localhost").value().peer.port, 80);
    EXPECT_EQ(parse_http_url("http://[::1]:1").value().peer.host, "::1");
}

TEST(HttpUrl, what_is_no_plain_http_url_is_refused) {
    for (auto const* const text :
         {"", "localhost", "https://localhost", "http://", "http://user@localhost", "http://localhost?x",
          "http://localhost#x", "http://localhost:0", "http://a b"})
        EXPECT_FALSE(parse_http_url(text)) << text;
}

} // namespace
} // namespace bulla::net
