// How a node that joins asks those of its network: over TLS with keys that the list names.
#pragma once

#include "merkle/tile.hpp"
#include "net/node_links.hpp"
#include "service/joining.hpp"
#include "service/node_channel.hpp"

namespace bulla::service {

class JoinLink {
public:
    // Nothing: OpenSSL failed. What `joiner` refers to outlives the link.
    static std::unique_ptr<JoinLink> make(Joiner const& joiner);

    ledger::NodesRow const& nodes() const { return row_; }
    std::vector<ledger::Node> const& others() const { return others_; }
    // More than may lie: what so many of the nodes say is true.
    std::size_t enough() const { return row_.nodes.size() - row_.quorum() + 1; }

    boost::asio::awaitable<std::optional<SharedKeys>> ask_keys(ledger::Node node);
    // What the node serves under this target; nothing: no answer within the time, or another than 200.
    struct Wanted {
        std::string target;
        std::size_t size_max = 0;
        WrongAnswer what; // what a wrong answer is a case of
    };
    static Wanted want(merkle::BundleId const& bundle);
    static Wanted want(merkle::TileId const& tile);
    boost::asio::awaitable<std::optional<base::ByteBuffer>> get(ledger::Node node, Wanted wanted);
    // From one node after the other, until one's answer is accepted. That one comes to the front: it is asked
    // first the next time. False: none.
    using Accept = std::function<bool(base::ByteBuffer const&)>;
    boost::asio::awaitable<bool> find_good(std::vector<ledger::Node>* nodes, Wanted wanted, Accept accept);
    void pass_over(ledger::Node const& node, WrongAnswer what) const { joiner_.on_wrong(node.id, what); }

private:
    JoinLink(Joiner const& joiner, std::unique_ptr<net::NodeTls> tls);
    std::optional<SharedKeys> open_keys(ledger::Node const& node, base::ByteView body) const;

    Joiner const& joiner_;
    ledger::NodesRow const row_;
    ledger::NodeId const own_;
    std::vector<ledger::Node> others_;
    std::unique_ptr<net::NodeTls> tls_;
    net::NodeLinks links_;
};

} // namespace bulla::service
