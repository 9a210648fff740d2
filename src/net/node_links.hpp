// Connections to other nodes over TLS (net/node_tls.hpp), kept open from one question to the next.
//
// A connection serves one exchange at a time, on the executor where it was made. One that the other side has
// closed meanwhile is noticed when it is used, and the question goes out once more on a new one: so questions
// must be such that asking twice does no harm.
#pragma once

#include "base/mutex.hpp"
#include "net/http_client.hpp"
#include "net/node_tls.hpp"

namespace bulla::net {

class NodeLinks {
public:
    static constexpr std::size_t idle_max = 64; // connections kept; the oldest go first

    explicit NodeLinks(NodeTls const& tls);
    ~NodeLinks(); // nobody may be in exchange()
    NodeLinks(NodeLinks const&) = delete;
    NodeLinks& operator=(NodeLinks const&) = delete;

    struct Node {
        TcpPeer peer;
        TlsKeyHash key;
        friend bool operator==(Node const& left, Node const& right) {
            return left.peer.host == right.peer.host && left.peer.port == right.peer.port &&
                   left.key == right.key;
        }
    };
    boost::asio::awaitable<Result<HttpAnswer, HttpClientFault>> exchange(Node node, HttpRequest request,
                                                                         HttpBounds bounds);

private:
    class Link;
    using LinkPointer = std::unique_ptr<Link>;

    boost::asio::awaitable<LinkPointer> find_idle(Node const* node);
    void keep(LinkPointer link);
    boost::asio::awaitable<Result<HttpAnswer, HttpClientFault>> ask_anew(Node node, HttpRequest request,
                                                                         HttpBounds bounds);

    NodeTls const& tls_;
    base::Mutex mutex_;
    std::vector<LinkPointer> idle_ GUARDED_BY(mutex_); // the oldest first
};

} // namespace bulla::net
