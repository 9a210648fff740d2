#include "service/cosigning.hpp"

#include <boost/asio/co_spawn.hpp>

namespace bulla::service {
namespace {

namespace asio = boost::asio;
using sequencer::Cosignature;
using Verdict = sequencer::CosignatureVerdict;

CosignatureWord word_of(Cosignature const& cosignature) {
    return {.size = cosignature.checkpoint.size.number(),
            .root = cosignature.checkpoint.root,
            .signature = cosignature.line.signature};
}

} // namespace

Cosigning::~Cosigning() {
    base::Lock const lock(mutex_);
    ended_.wait(mutex_, [this]() REQUIRES(mutex_) { return under_way_ == 0; });
}

Verdict Cosigning::take(ledger::NodeId const& from, CosignatureWord const& word) {
    auto const head = ground_.head();
    auto const* const node = head->nodes->find(from);
    if (node == nullptr || word.signature.empty())
        return Verdict::wrong;
    auto const key = sequencer::cosigner_key_of(*node);
    Cosignature const cosignature{
        .checkpoint = {.origin = head->nodes->origin, .size = ledger::TreeSize{word.size}, .root = word.root},
        .line = {.name = key.name(), .key_id = key.id(), .signature = word.signature}};
    auto const verdict = finality_.take(from, cosignature);
    if (verdict == Verdict::fork) {
        auto const text = merkle::print_checkpoint(cosignature.checkpoint);
        base::Lock const lock(mutex_);
        on_fork_({.node = from,
                  .kept = finality_.find_note(from, cosignature.checkpoint.size).value_or(""),
                  .opposing = merkle::print_note({.text = text, .lines = {cosignature.line}})});
    }
    return verdict;
}

base::ByteBuffer Cosigning::answer(ledger::NodeId const& from, base::ByteView question) {
    auto const asked = ledger::decode<CosignatureWord>(question);
    CosignatureAnswer answer;
    if (asked) {
        take(from, *asked);
        if (auto const own = finality_.find_own(ledger::TreeSize{asked->size}))
            answer.asked = word_of(*own);
    }
    if (auto const newest = finality_.cosign_newest())
        answer.newest = word_of(*newest);
    return ledger::encode(answer);
}

// A node whose newest word is ahead of this one does not agree: what it has and this node lacks may be the
// end of a session or of a key.
void Cosigning::take_answer(ledger::NodeId const& from, base::ByteView body, Moment asked) {
    auto const answer = ledger::decode<CosignatureAnswer>(body);
    if (!answer)
        return;
    if (answer->asked)
        take(from, *answer->asked);
    auto const verdict = answer->newest ? take(from, *answer->newest) : Verdict::wrong;
    if (verdict != Verdict::counted && verdict != Verdict::old)
        return;
    base::Lock const lock(mutex_);
    peers_[from].agreed = asked;
    renew_lease();
}

// Of the quorum that agreed last, the one that did so first counts. Another list may have come meanwhile.
void Cosigning::renew_lease() {
    auto const nodes = ground_.head()->nodes;
    std::vector<Moment> agreed;
    for (auto const& node : nodes->nodes)
        if (auto const found = peers_.find(node.id); found != peers_.end() && found->second.agreed)
            agreed.push_back(*found->second.agreed);
    agreed.push_back(now()); // this node
    std::ranges::sort(agreed, std::greater{});
    if (agreed.size() >= nodes->quorum())
        has_lease_until_ = agreed.at(nodes->quorum() - 1) + lease_max;
}

asio::awaitable<void> Cosigning::ask_once(ledger::NodeId id) {
    auto const asked = now();
    auto const own = finality_.cosign_newest();
    auto const nodes = ground_.head()->nodes;
    auto const* const node = nodes->find(id);
    if (node == nullptr)
        co_return;
    // A node that has nothing to say asks all the same, with an empty signature: others are behind it, or
    // not.
    auto const question = ledger::encode(own ? word_of(*own) : CosignatureWord{});
    if (auto const body = co_await channel_.ask(*node, NodePurpose::ask_cosignature, question))
        take_answer(id, *body, asked);
}

bool Cosigning::has_more_to_tell(ledger::NodeId const& id) {
    base::Lock const lock(mutex_);
    auto& peer = peers_[id];
    peer.is_asked = std::exchange(peer.again, false);
    return peer.is_asked;
}

asio::awaitable<void> Cosigning::ask(ledger::NodeId id) {
    do
        co_await ask_once(id);
    while (has_more_to_tell(id));
}

void Cosigning::tell(asio::any_io_executor const& executor) {
    finality_.cosign_newest();
    for (auto const& node : ground_.head()->nodes->nodes) {
        if (node.id == ground_.node)
            continue;
        {
            base::Lock const lock(mutex_);
            auto& peer = peers_[node.id];
            peer.again = peer.is_asked;
            if (std::exchange(peer.is_asked, true))
                continue;
            ++under_way_;
        }
        asio::co_spawn(executor, ask(node.id), [this](std::exception_ptr const&) {
            base::Lock const lock(mutex_);
            --under_way_;
            ended_.notify_all();
        });
    }
}

} // namespace bulla::service
