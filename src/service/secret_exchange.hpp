// How a secret made at run time comes to every node (docs/decisions/0042): each asks the others for those
// that its ledger names and that it has not got.
//
// A node answers when its own ledger names the secret, in force or proposed, and to nodes of the list in
// force alone. So who has been removed before it was proposed never gets it. What comes is compared with the
// ledger's name of it before it is kept.
#pragma once

#include "net/worker_pool.hpp"
#include "service/node_channel.hpp"
#include "service/operator_audit.hpp"

namespace bulla::service {

// The secrets of policy, list and the changes that wait. Reads the log at first (service/operator_audit.hpp).
store::Stored<std::vector<WantedSecret>> find_wanted_secrets(Ground const& ground, OperatorAudit& audit);

class SecretExchange {
public:
    // All outlive the exchange.
    SecretExchange(Ground const& ground, NodeChannel& channel, OperatorAudit& audit, net::WorkerPool& disk)
        : ground_(ground), channel_(channel), audit_(audit), disk_(disk) {}

    // Those that this node has not got.
    store::Stored<std::vector<WantedSecret>> find_lacking();
    // Asks the other nodes in turn, until one has it; whether it is here now.
    boost::asio::awaitable<bool> fetch(WantedSecret wanted);

    // ask_secret: empty for what this node has not got, or its ledger does not name.
    boost::asio::awaitable<base::ByteBuffer> answer(base::ByteBuffer question, ledger::NodeId asker);

private:
    std::optional<SecretBytes> open(ledger::Node const& from, base::ByteView answer) const;
    boost::asio::awaitable<bool> keep(WantedSecret wanted, SecretBytes bytes);
    base::ByteBuffer seal_for(SecretName const& name, ledger::NodeId const& asker);

    Ground const& ground_;
    NodeChannel& channel_;
    OperatorAudit& audit_;
    net::WorkerPool& disk_;
};

} // namespace bulla::service
