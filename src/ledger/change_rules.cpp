#include "ledger/change_rules.hpp"

#include "ledger/key_retirement.hpp"
#include "ledger/node_list_walk.hpp"
#include "ledger/plan_maker.hpp"
#include "ledger/recovery_rules.hpp"

namespace bulla::ledger {
namespace {

using Refusal = std::unexpected<Rejection>;

// --- whether a quorum wants it now

Result<void, Rejection> check_wanted(WorkingSet const& working_set, DecodedEntry const& entry,
                                     ApplyChange const& wanted) {
    if (wanted.asks.network != working_set.place.network)
        return Refusal{Rejection::wrong_network};
    auto const change = working_set.find<PendingChangeRow>(NetworkRowName::pending_change(wanted.change));
    if (!change)
        return Refusal{Rejection::unknown_change};
    return ledger::check_wanted(
        *change, wanted.act, *entry.act,
        {.nodes = working_set.nodes, .policy = working_set.policy, .time = working_set.place.time});
}

// --- operators

// Its statements begin after every one that it can have made before, so none of an earlier time returns.
Sequence first_sequence(WorkingSet const& working_set) {
    return Sequence{working_set.place.index.number()};
}

Result<void, Rejection> add_operator(WorkingSet const& working_set, Node& node, NewOperator const& wanted) {
    if (wanted.kind == CredentialKind::password || wanted.kind == CredentialKind::recovery_key)
        return Refusal{Rejection::credential_kind_not_allowed};
    if (!credential::is_key_of(wanted.kind, wanted.public_key) ||
        !credential::is_registrable(wanted.public_key))
        return Refusal{Rejection::key_not_registrable};
    if (std::ranges::count(node.operators, wanted.public_key, &Operator::public_key) > 0)
        return Refusal{Rejection::operator_known};
    if (node.operators.size() >= operators_max)
        return Refusal{Rejection::too_many_operators};
    auto const owner = credential::CredentialOwner::from(node.id);
    node.operators.push_back({.id = credential::credential_id(owner, wanted.kind, wanted.public_key),
                              .kind = wanted.kind,
                              .public_key = wanted.public_key,
                              .sequence = first_sequence(working_set)});
    return {};
}

// --- the acts

// What an act changes, and the list that its entry must have signed, if it makes a new one.
struct Effect {
    ChangeSet changes;
    std::optional<NodeList> list = {};
};
using Effected = Result<Effect, Rejection>;

struct Effects {
    WorkingSet const& working_set;
    std::optional<NodeList> list; // that the act makes

    // The row of a new list: what the list does not hold stays with each node.
    NodesRow row_of_list() const {
        NodesRow row{.number = list->number, .log_key = list->log_key, .origin = list->origin, .nodes = {}};
        for (auto const& listed : list->nodes) {
            auto node = listed.node;
            if (auto const* const before = working_set.nodes.find(node.id)) {
                node.sequence = before->sequence;
                node.operators = before->operators;
                node.signing_keys = before->signing_keys;
            }
            row.nodes.push_back(std::move(node));
        }
        return row;
    }
    Effect with_list(ChangeSet changes) const { return {.changes = std::move(changes), .list = list}; }

    Effected operator()(AddNode const& act) const {
        auto nodes = row_of_list();
        auto& node = *nodes.find(act.node.node.id);
        node.sequence = first_sequence(working_set);
        TRY(add_operator(working_set, node, act.first_operator));
        return with_list({.nodes = std::move(nodes)});
    }
    Effected operator()(RemoveNode const& act) const {
        auto const& live = working_set.nodes.find(act.node)->signing_keys;
        if (!std::ranges::equal(act.kids, live, {}, {}, &LiveSigningKey::kid))
            return Refusal{Rejection::wrong_kids};
        ChangeSet changes{.nodes = row_of_list()};
        for (auto const& kid : act.kids) {
            auto row = *working_set.find(kid);
            row.ends = row.ends ? std::min(*row.ends, working_set.place.time) : working_set.place.time;
            changes.signing_keys.emplace(kid, std::move(row));
        }
        return with_list(std::move(changes));
    }
    Effected operator()(RotateNodeKey const&) const { return with_list({.nodes = row_of_list()}); }
    Effected operator()(ChangeLog const&) const { return with_list({.nodes = row_of_list()}); }

    Effected operator()(ChangePolicy const& act) const {
        if (act.policy.rp_id != working_set.policy.rp_id)
            return Refusal{Rejection::rp_id_changed};
        if (!is_sound(act.policy) || act.policy.keysets != working_set.policy.keysets)
            return Refusal{Rejection::unsound_policy};
        return Effect{.changes = {.policy = act.policy}};
    }
    Effected operator()(ChangeKeyset const& act) const {
        auto policy = working_set.policy;
        if (policy.keysets.size() >= keysets_max || act.keyset.number != policy.keysets.back().number + 1 ||
            !is_sound(act.keyset, working_set.nodes))
            return Refusal{Rejection::unsound_keyset};
        policy.keysets.push_back(act.keyset);
        return Effect{.changes = {.policy = std::move(policy)}};
    }
    Effected operator()(GrantOperator const& act) const {
        auto nodes = working_set.nodes;
        auto* const node = nodes.find(act.node);
        if (node == nullptr)
            return Refusal{Rejection::unknown_node};
        TRY(add_operator(working_set, *node, act.person));
        return Effect{.changes = {.nodes = std::move(nodes)}};
    }
    Effected operator()(RevokeOperator const& act) const {
        auto nodes = working_set.nodes;
        auto* const node = nodes.find(act.node);
        if (node == nullptr)
            return Refusal{Rejection::unknown_node};
        if (std::erase_if(node->operators, [&](Operator const& one) { return one.id == act.person; }) == 0)
            return Refusal{Rejection::unknown_operator};
        if (act.successor)
            TRY(add_operator(working_set, *node, *act.successor));
        if (node->operators.empty())
            return Refusal{Rejection::last_operator};
        return Effect{.changes = {.nodes = std::move(nodes)}};
    }
    Effected operator()(RetireKey const& act) const {
        auto row = TRY(retired_row(working_set, {act.kid, act.compromised}));
        ChangeSet changes;
        if (working_set.nodes.find(row.node) != nullptr) {
            changes.nodes = working_set.nodes;
            retire(*changes.nodes->find(row.node), act.kid, *row.ends);
        }
        changes.signing_keys.emplace(act.kid, std::move(row));
        return Effect{.changes = std::move(changes)};
    }
};

template <class Kind>
Result<Plan, Rejection> plan_act(WorkingSet const& working_set, DecodedEntry const& entry, Kind const& act) {
    auto const before = make_node_list(working_set.nodes);
    std::optional<NodeList> after;
    if (auto next = next_node_list(before, act))
        after = TRY(std::move(*next));
    auto effect = TRY(Effects(working_set, after)(act));
    PlanMaker maker(working_set, entry);
    if (effect.list)
        TRY(maker.add_list_signatures(before, *effect.list));
    else
        TRY(maker.expect_evidence(0));
    TRY(maker.expect_no_admissions());
    return maker.finish(std::move(effect.changes));
}

} // namespace

std::size_t count_approvals(PendingChangeRow const& change, NodesRow const& nodes) {
    return static_cast<std::size_t>(std::ranges::count_if(change.approvals, [&](Approval const& approval) {
        auto const* const node = nodes.find(approval.node);
        return node != nullptr && std::ranges::count(node->operators, approval.by, &Operator::id) > 0;
    }));
}

std::chrono::milliseconds wait_for(PolicyRow const& policy, Act const& act) {
    auto wait = policy.delays.change;
    auto const* const change = std::get_if<ChangePolicy>(&act);
    if (change == nullptr)
        return wait;
    for (auto const delay : {&Delays::recovery_by_key, &Delays::recovery_by_operators, &Delays::change})
        if (change->policy.delays.*delay < policy.delays.*delay)
            wait = std::max(wait, policy.delays.*delay);
    return wait;
}

Result<void, Rejection> check_wanted(PendingChangeRow const& change, base::ByteView act_bytes, Act const& act,
                                     ChangeState const& state) {
    if (crypto::sha256(act_bytes) != change.act)
        return Refusal{Rejection::wrong_act};
    if (state.time >= change.proposed + change_lifetime)
        return Refusal{Rejection::change_expired};
    if (state.time < change.proposed + wait_for(state.policy, act))
        return Refusal{Rejection::change_too_early};
    if (count_approvals(change, state.nodes) < state.nodes.quorum())
        return Refusal{Rejection::no_quorum};
    return {};
}

Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   ApplyChange const& wanted) {
    TRY(check_wanted(working_set, entry, wanted));
    auto planned = TRY(std::visit(
        [&](auto const& act) -> Result<Plan, Rejection> { return plan_act(working_set, entry, act); },
        *entry.act));
    planned.changes.rows.insert_or_assign(NetworkRowName::pending_change(wanted.change), std::nullopt);
    return planned;
}

} // namespace bulla::ledger
