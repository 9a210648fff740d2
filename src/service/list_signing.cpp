#include "service/list_signing.hpp"

#include "ledger/change_rules.hpp"
#include "ledger/node_list_walk.hpp"

#include <algorithm>

namespace bulla::service {
namespace {

namespace asio = boost::asio;

// Nothing: the act makes none, or cannot follow the list in force.
std::optional<ledger::NodeList> list_after(ledger::NodesRow const& nodes, base::ByteView act_bytes) {
    auto const act = ledger::decode_act(act_bytes);
    auto const next = act ? ledger::next_node_list(make_node_list(nodes), *act) : std::nullopt;
    return next && *next ? std::optional(**next) : std::nullopt;
}

} // namespace

bool ListSigning::is_wanted(ListRequest const& request) const {
    auto const act = ledger::decode_act(request.act);
    auto const bytes = ground_.ledger.load_network_row(ledger::NetworkRowName::pending_change(request.change))
                           .value_or(std::nullopt);
    auto const row = ledger::decode<ledger::PendingChangeRow>(bytes.value_or(base::ByteBuffer{}));
    auto const head = ground_.head();
    return act && row &&
           ledger::check_wanted(
               *row, request.act, *act,
               {.nodes = *head->nodes, .policy = *head->policy, .time = ground_.entry_time()});
}

std::optional<crypto::Ed25519Signature> ListSigning::sign(ListRequest const& request) {
    base::Lock const lock(mutex_);
    auto const list = list_after(*ground_.head()->nodes, request.act);
    if (!list || !is_wanted(request))
        return std::nullopt;
    bool const is_another = last_ && last_->list.number == list->number && last_->list != *list;
    if (is_another && is_wanted(last_->request))
        return std::nullopt;
    last_ = Signed{.list = *list, .request = request};
    return ground_.keys.node_key.sign(ledger::digest_node_list(*list));
}

base::ByteBuffer ListSigning::answer(base::ByteView question) {
    auto const request = ledger::decode<ListRequest>(question);
    return ledger::encode(ListAnswer{.signature = request ? sign(*request) : std::nullopt});
}

asio::awaitable<std::optional<crypto::Ed25519Signature>> ListSigning::ask(ledger::Node node,
                                                                          ListRequest request) {
    if (node.id == ground_.node)
        co_return sign(request);
    if (channel_ == nullptr)
        co_return std::nullopt;
    auto const list = list_after(*ground_.head()->nodes, request.act);
    auto const node_key = node.node_key;
    auto const body =
        co_await channel_->ask(std::move(node), NodePurpose::ask_list_signature, ledger::encode(request));
    auto const answer = ledger::decode<ListAnswer>(body.value_or(base::ByteBuffer{}));
    bool const is_good = answer && answer->signature && list &&
                         crypto::verify(node_key, ledger::digest_node_list(*list), *answer->signature);
    co_return is_good ? answer->signature : std::nullopt;
}

asio::awaitable<Served<std::vector<ledger::Evidence>>> ListSigning::gather(ledger::ApplyChange statement) {
    auto const head = ground_.head();
    std::vector<ledger::Evidence> evidence;
    ListRequest const request{.change = statement.change, .act = std::move(statement.act)};
    if (!list_after(*head->nodes, request.act) || !is_wanted(request))
        co_return evidence; // the ledger says why not
    auto nodes = head->nodes->nodes;
    std::ranges::sort(nodes, {}, &ledger::Node::id);
    for (auto const& node : nodes) {
        if (evidence.size() == head->nodes->quorum())
            break;
        if (auto const signature = co_await ask(node, request))
            evidence.push_back({.signer = base::to_buffer(node.id), .parts = {base::to_buffer(*signature)}});
    }
    if (evidence.size() < head->nodes->quorum())
        co_return std::unexpected{
            ServiceFault{.kind = ServiceFaultKind::busy, .retry_after = std::chrono::seconds{5}}};
    co_return evidence;
}

} // namespace bulla::service
