#include "ledger/node_list_walk.hpp"

namespace bulla::ledger {
namespace {

using Refusal = std::unexpected<Rejection>;
using Next = Result<NodeList, Rejection>;

auto place_of(NodeList& list, NodeId const& id) {
    return std::ranges::find_if(list.nodes, [&](ListedNode const& listed) { return listed.node.id == id; });
}

Next sound(NodeList list) {
    if (!is_sound(list))
        return Refusal{Rejection::unsound_node_list};
    return list;
}

struct NextList {
    NodeList after; // of the list before, with its number

    std::optional<Next> operator()(AddNode const& act) {
        auto const& id = act.node.node.id;
        if (after.find(id) != nullptr)
            return Refusal{Rejection::node_known};
        if (id != make_node_id(act.node.node.node_key))
            return Refusal{Rejection::unsound_node_list};
        auto const place =
            std::ranges::find_if(after.nodes, [&](ListedNode const& listed) { return id < listed.node.id; });
        after.nodes.insert(place, act.node);
        return sound(std::move(after));
    }
    std::optional<Next> operator()(RemoveNode const& act) {
        auto const place = place_of(after, act.node);
        if (place == after.nodes.end())
            return Refusal{Rejection::unknown_node};
        if (after.nodes.size() == 1)
            return Refusal{Rejection::last_node};
        after.nodes.erase(place);
        return sound(std::move(after));
    }
    std::optional<Next> operator()(RotateNodeKey const& act) {
        auto const place = place_of(after, act.node.node.id);
        if (place == after.nodes.end())
            return Refusal{Rejection::unknown_node};
        *place = act.node;
        return sound(std::move(after));
    }
    std::optional<Next> operator()(ChangeLog const& act) {
        after.log_key = act.log_key;
        after.origin = act.origin;
        return sound(std::move(after));
    }
    template <class Other>
    std::optional<Next> operator()(Other const&) {
        return std::nullopt;
    }
};

Result<NodeList, WalkReason> step(NodeList const& before, base::ByteView bytes) {
    auto const entry = decode_entry(bytes);
    if (!entry || entry->entry.kind != EntryKind::apply_change)
        return std::unexpected{WalkReason::not_a_change};
    auto const next = next_node_list(before, *entry->act);
    if (!next)
        return std::unexpected{WalkReason::not_a_change};
    if (!*next)
        return std::unexpected{WalkReason::impossible};
    auto const checks = node_list_checks(before, **next, entry->entry.evidence);
    if (!checks || !std::ranges::all_of(*checks, credential::check))
        return std::unexpected{WalkReason::unsigned_list};
    return **next;
}

} // namespace

bool makes_node_list(Act const& act) {
    return std::visit(
        []<class Kind>(Kind const&) {
            return std::is_same_v<Kind, AddNode> || std::is_same_v<Kind, RemoveNode> ||
                   std::is_same_v<Kind, RotateNodeKey> || std::is_same_v<Kind, ChangeLog>;
        },
        act);
}

std::optional<Result<NodeList, Rejection>> next_node_list(NodeList const& before, Act const& act) {
    auto after = before;
    ++after.number;
    return std::visit(NextList{std::move(after)}, act);
}

Result<std::vector<credential::EvidenceCheck>, Rejection> node_list_checks(
    NodeList const& before, NodeList const& after, std::vector<Evidence> const& evidence) {
    if (evidence.size() != before.quorum())
        return Refusal{Rejection::wrong_evidence_count};
    std::vector<credential::EvidenceCheck> checks;
    for (auto const& [signer, parts] : evidence) {
        auto const id = NodeId::parse(signer);
        auto const* const node = id ? before.find(*id) : nullptr;
        bool const ascending = checks.empty() || std::ranges::lexicographical_compare(
                                                     evidence[checks.size() - 1].signer, signer);
        if (node == nullptr || !ascending)
            return Refusal{Rejection::wrong_signer};
        if (parts.size() != 1 || parts[0].size() != Ed25519Signature::size)
            return Refusal{Rejection::wrong_evidence};
        checks.push_back(credential::ed25519_check(node->node_key, digest_node_list(after), parts[0]));
    }
    return checks;
}

Result<NodeList, WalkFault> walk_node_lists(NodeList start, std::span<base::ByteBuffer const> entries) {
    auto list = std::move(start);
    for (std::size_t position = 0; position < entries.size(); ++position) {
        auto next = step(list, entries[position]);
        if (!next)
            return std::unexpected{WalkFault{.position = position, .reason = next.error()}};
        list = *std::move(next);
    }
    return list;
}

} // namespace bulla::ledger
