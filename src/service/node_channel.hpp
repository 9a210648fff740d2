// Asks other nodes of the network: one question, one answer, sealed (service/node_message.hpp), over TLS to
// every node whose TLS key the list names, and in plain to others of this machine.
#pragma once

#include "net/node_links.hpp"
#include "service/node_message.hpp"

#include <boost/asio/awaitable.hpp>

namespace bulla::service {

class NodeChannel {
public:
    static constexpr std::chrono::milliseconds question_time_max{3'000};

    // `tls`: none on a node that has no key for it. Both outlive the channel.
    NodeChannel(Ground const& ground, net::NodeTls const* tls) : ground_(ground) {
        if (tls != nullptr)
            links_.emplace(*tls);
    }

    // The answer's body. Nothing: the node was not reached, or gave no answer to this question.
    boost::asio::awaitable<std::optional<base::ByteBuffer>> ask(ledger::Node node, NodePurpose purpose,
                                                                base::ByteBuffer body);

private:
    boost::asio::awaitable<Result<net::HttpAnswer, net::HttpClientFault>> send(ledger::Node node,
                                                                               net::HttpRequest request);

    Ground const& ground_;
    std::optional<net::NodeLinks> links_;
};

std::optional<net::TcpPeer> parse_peer(std::string_view address); // HOST:PORT, as the list has it

// Whether a node of the list in force has this TLS key: who else connects is turned away.
bool is_tls_key_of_a_node(sequencer::Head const& head, net::TlsKeyHash const& key);

} // namespace bulla::service
