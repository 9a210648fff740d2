// Steps from one signed list of nodes to the next: what the rules apply, and what a verifier walks.
#pragma once

#include "ledger/entry.hpp"

namespace bulla::ledger {

// The list that an act makes of the one before; nothing when the act leaves the list as it is. Rejections:
// node_known, unknown_node, last_node, unsound_node_list.
std::optional<Result<NodeList, Rejection>> next_node_list(NodeList const& before, Act const& act);

bool makes_node_list(Act const& act);

// The signatures that must hold: exactly ⌊2n/3⌋ + 1 evidences by different nodes of the list before, in
// ascending node id, each one signature over the digest of the list after.
Result<std::vector<credential::EvidenceCheck>, Rejection> node_list_checks(
    NodeList const& before, NodeList const& after, std::vector<Evidence> const& evidence);

enum class WalkReason : std::uint8_t {
    not_a_change, // not an apply_change entry whose act changes the list
    impossible,   // the act cannot follow this list
    unsigned_list, // not signed by more than two thirds of the nodes of the list before
};
struct WalkFault {
    std::size_t position = 0; // of the entry among those given
    WalkReason reason = WalkReason::not_a_change;
    friend bool operator==(WalkFault const&, WalkFault const&) = default;
};

// From a list that is trusted, through the apply_change entries that change it, in the log's order, to the
// newest. Whether the entries stand in the log is not asked: the signatures alone vouch for the lists.
Result<NodeList, WalkFault> walk_node_lists(NodeList start, std::span<base::ByteBuffer const> entries);

} // namespace bulla::ledger
