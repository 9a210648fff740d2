#include "net/node_links.hpp"

#include "net/http_talk.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include <algorithm>

namespace bulla::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;

using Tcp = beast::basic_stream<asio::ip::tcp>;
using Exchanged = Result<HttpAnswer, HttpClientFault>;
constexpr auto use = asio::as_tuple(asio::use_awaitable);

// Asio's wrapper takes a context of its own: it gets one more reference to ours.
asio::ssl::context share(SSL_CTX* context) {
    SSL_CTX_up_ref(context);
    return asio::ssl::context(context);
}

} // namespace

class NodeLinks::Link {
public:
    Link(asio::any_io_executor const& executor, NodeTls const& tls, NodeLinks::Node node)
        : node_(std::move(node)), executor_(executor), context_(share(tls.client_context())),
          stream_(executor, context_) {}

    NodeLinks::Node const& node() const { return node_; }
    asio::any_io_executor const& executor() const { return executor_; }

    asio::awaitable<Result<void, HttpClientFault>> connect(HttpBounds bounds) {
        asio::ip::tcp::resolver resolver(executor_);
        auto const [unknown, places] =
            co_await resolver.async_resolve(node_.peer.host, std::to_string(node_.peer.port), use);
        if (unknown)
            co_return std::unexpected{HttpClientFault::unknown_host};
        beast::get_lowest_layer(stream_).expires_after(bounds.time_max);
        auto const [error, endpoint] = co_await beast::get_lowest_layer(stream_).async_connect(places, use);
        if (error)
            co_return std::unexpected{error == beast::error::timeout ? HttpClientFault::late
                                                                     : HttpClientFault::not_connected};
        if (!NodeTls::expect(stream_.native_handle(), node_.key))
            co_return std::unexpected{HttpClientFault::not_connected};
        auto const [refused] = co_await stream_.async_handshake(asio::ssl::stream_base::client, use);
        if (refused)
            co_return std::unexpected{HttpClientFault::not_connected};
        co_return Result<void, HttpClientFault>{};
    }

    asio::awaitable<Exchanged> ask(HttpRequest request, HttpBounds bounds) {
        beast::get_lowest_layer(stream_).expires_after(bounds.time_max);
        auto talked = co_await http_talk::talk(
            &stream_, {.request = std::move(request), .bounds = bounds, .after = http_talk::After::keep});
        beast::get_lowest_layer(stream_).expires_never();
        may_go_on_ = talked && talked->may_go_on;
        if (!talked)
            co_return std::unexpected{talked.error()};
        co_return std::move(talked->answer);
    }
    bool may_go_on() const { return may_go_on_; }

private:
    NodeLinks::Node node_;
    asio::any_io_executor executor_;
    asio::ssl::context context_;
    beast::ssl_stream<Tcp> stream_;
    bool may_go_on_ = false;
};

NodeLinks::NodeLinks(NodeTls const& tls) : tls_(tls) {}
NodeLinks::~NodeLinks() = default;

asio::awaitable<NodeLinks::LinkPointer> NodeLinks::find_idle(Node const* node) {
    auto const executor = co_await asio::this_coro::executor;
    base::Lock const lock(mutex_);
    auto const found = std::ranges::find_if(idle_, [&](LinkPointer const& link) {
        return link->node() == *node && link->executor() == executor;
    });
    if (found == idle_.end())
        co_return nullptr;
    auto link = std::move(*found);
    idle_.erase(found);
    co_return link;
}

void NodeLinks::keep(LinkPointer link) {
    base::Lock const lock(mutex_);
    if (idle_.size() >= idle_max)
        idle_.erase(idle_.begin());
    idle_.push_back(std::move(link));
}

asio::awaitable<Exchanged> NodeLinks::ask_anew(Node node, HttpRequest request, HttpBounds bounds) {
    auto link = std::make_unique<Link>(co_await asio::this_coro::executor, tls_, std::move(node));
    CO_TRY(co_await link->connect(bounds));
    auto answer = co_await link->ask(std::move(request), bounds);
    if (link->may_go_on())
        keep(std::move(link));
    co_return answer;
}

asio::awaitable<Exchanged> NodeLinks::exchange(Node node, HttpRequest request, HttpBounds bounds) {
    if (auto link = co_await find_idle(&node)) {
        auto answer = co_await link->ask(request, bounds);
        if (link->may_go_on())
            keep(std::move(link));
        // Late is late; anything else may be a connection that the other side has closed.
        if (answer || answer.error() == HttpClientFault::late)
            co_return answer;
    }
    co_return co_await ask_anew(std::move(node), std::move(request), bounds);
}

} // namespace bulla::net
