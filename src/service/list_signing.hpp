// The nodes' signatures over a new list of nodes (LEDGER §8, docs/formats/node-list.md).
//
// Operators decide, nodes sign: a node signs the list that a change makes when its own ledger has the change,
// approved by a quorum, with its delay over. Two lists of one number would lead who walks from list to list
// astray, so no second list is signed as long as the change of the first can still be applied.
#pragma once

#include "service/fault.hpp"
#include "service/ground.hpp"
#include "service/node_channel.hpp"

namespace bulla::service {

class ListSigning {
public:
    // `channel`: none on a single node. Both outlive it.
    ListSigning(Ground const& ground, NodeChannel* channel) : ground_(ground), channel_(channel) {}

    // The evidence of an apply_change, in ascending node id: as many signatures as the list in force asks
    // for. Empty for an act that makes no list, or that this node's ledger would refuse. Busy: too few nodes
    // sign now. `statement`: any apply_change.
    boost::asio::awaitable<Served<std::vector<ledger::Evidence>>> gather(ledger::ApplyChange statement);

    // To another node's question.
    base::ByteBuffer answer(base::ByteView question);

private:
    struct Signed {
        ledger::NodeList list;
        ListRequest request;
    };

    std::optional<crypto::Ed25519Signature> sign(ListRequest const& request);
    bool is_wanted(ListRequest const& request) const;
    boost::asio::awaitable<std::optional<crypto::Ed25519Signature>> ask(ledger::Node node,
                                                                        ListRequest request);

    Ground const& ground_;
    NodeChannel* channel_;
    base::Mutex mutex_;
    std::optional<Signed> last_ GUARDED_BY(mutex_);
};

} // namespace bulla::service
