#include "net/node_links.hpp"

#include "base/encoding.hpp"
#include "net/signals.hpp"
#include "net/thread.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

namespace bulla::net {
namespace {

namespace asio = boost::asio;

crypto::Ed25519KeyPair key(std::uint8_t number) {
    return crypto::Ed25519KeyPair::from_seed(crypto::Ed25519Seed::from(base::ByteBuffer(32, number)));
}
TlsKeyHash hash_of(std::uint8_t number) {
    return hash_tls_key(key(number).public_key());
}

// A node's side: answers every request, and counts who came and what was asked.
class AnsweringNode {
public:
    struct Rules {
        std::uint8_t own = 1;
        std::uint8_t known = 2;
        std::size_t connections = 1; // then it ends
        std::size_t answers_each = 100; // then the connection is closed
    };
    explicit AnsweringNode(Rules rules)
        : rules_(rules),
          tls_(NodeTls::make(key(rules.own),
                             [known = hash_of(rules.known)](auto const& shown) { return shown == known; })),
          thread_("node", [this](std::stop_token const&) { run(); }) {}

    TcpPeer peer() const { return {.host = "127.0.0.1", .port = acceptor_.local_endpoint().port()}; }
    void await_end() { thread_.stop_and_join(); }
    std::size_t requests() const { return requests_; } // after the end

private:
    void run() {
        for (std::size_t number = 0; number < rules_.connections; ++number) {
            auto socket = acceptor_.accept();
            auto const session = tls_->accept(socket.native_handle());
            if (session->handshake().kind == TlsStep::Kind::done)
                answer(*session);
        }
    }
    void answer(TlsSession& session) {
        std::array<std::uint8_t, 4096> room{};
        for (std::size_t count = 0; count < rules_.answers_each; ++count) {
            if (session.read(room).kind != TlsStep::Kind::done)
                return;
            ++requests_;
            session.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        }
    }

    Rules const rules_;
    std::unique_ptr<NodeTls> tls_;
    asio::io_context context_{1};
    asio::ip::tcp::acceptor acceptor_{context_, {asio::ip::address_v4::loopback(), 0}};
    std::size_t requests_ = 0;
    Thread thread_; // last
};

struct AskingNode {
    std::unique_ptr<NodeTls> tls = NodeTls::make(key(2), [](auto const&) { return true; });
    asio::io_context context{1}; // outlives the connections
    NodeLinks links{*tls};

    AskingNode() { ignore_broken_pipes(); }
    Result<HttpAnswer, HttpClientFault> ask(TcpPeer peer, std::uint8_t expected = 1) {
        HttpRequest request{.method = "POST", .host = "node", .body = "question"};
        NodeLinks::Node node{.peer = std::move(peer), .key = hash_of(expected)};
        auto answer = asio::co_spawn(context, links.exchange(std::move(node), std::move(request), {}),
                                     asio::use_future);
        context.restart();
        context.run();
        return answer.get();
    }
};

TEST(NodeLinks, ask_again_and_again_over_one_connection) {
    AnsweringNode node({});
    {
        AskingNode asking;
        for (int count = 0; count < 5; ++count)
            EXPECT_EQ(asking.ask(node.peer()).value().body, "ok");
    }
    node.await_end();
    EXPECT_EQ(node.requests(), 5U);
}

TEST(NodeLinks, speak_to_nobody_with_another_key) {
    AnsweringNode node({.own = 3});
    EXPECT_EQ(AskingNode().ask(node.peer()).error(), HttpClientFault::not_connected);
    node.await_end();
    EXPECT_EQ(node.requests(), 0U);
}

TEST(NodeLinks, are_refused_with_a_key_that_the_list_does_not_have) {
    AnsweringNode node({.known = 9});
    EXPECT_FALSE(AskingNode().ask(node.peer()).has_value());
    node.await_end();
    EXPECT_EQ(node.requests(), 0U);
}

TEST(NodeLinks, go_on_when_the_other_side_has_closed_an_idle_connection) {
    AnsweringNode node({.connections = 3, .answers_each = 1});
    AskingNode asking;
    for (int count = 0; count < 3; ++count)
        EXPECT_EQ(asking.ask(node.peer()).value().body, "ok");
    node.await_end();
    EXPECT_EQ(node.requests(), 3U);
}

TEST(NodeLinks, say_when_nobody_listens) {
    TcpPeer nobody;
    {
        asio::io_context context{1};
        asio::ip::tcp::acceptor const gone(context, {asio::ip::address_v4::loopback(), 0});
        nobody = {.host = "127.0.0.1", .port = gone.local_endpoint().port()};
    }
    EXPECT_EQ(AskingNode().ask(nobody).error(), HttpClientFault::not_connected);
}

// SHA-256 of the SubjectPublicKeyInfo of RFC 8410 §10.1, by openssl pkey -pubin -outform DER | sha256sum.
TEST(TlsKeyHash, is_that_of_the_key_as_certificates_hold_it) {
    auto const bytes =
        base::parse_hex("19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1").value();
    auto const hash = hash_tls_key(crypto::Ed25519PublicKey::from(bytes));
    EXPECT_EQ(base::to_hex(hash), "a1e9156054e04fac899ae9f275132cdc07a5dbc4ea2c2ad3a1ffc6e0d253681f");
}

} // namespace
} // namespace bulla::net
