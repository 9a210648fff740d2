#include "ledger/operator_rules.hpp"

#include "ledger/plan_maker.hpp"

namespace bulla::ledger {
namespace {

using Refusal = std::unexpected<Rejection>;

// The operator who asks, its node, and the nodes as they stand after its statement.
struct Asking {
    NodeId node;
    Operator person;
    NodesRow nodes;
};

Result<Asking, Rejection> asking_operator(WorkingSet const& working_set, OperatorPart const& asks) {
    if (asks.network != working_set.place.network)
        return Refusal{Rejection::wrong_network};
    if (asks.not_after < working_set.place.time)
        return Refusal{Rejection::statement_expired};
    auto nodes = working_set.nodes;
    for (auto& node : nodes.nodes) {
        auto const person = std::ranges::find(node.operators, asks.signer, &Operator::id);
        if (person == node.operators.end())
            continue;
        if (asks.sequence != person->sequence.next())
            return Refusal{Rejection::wrong_sequence};
        person->sequence = asks.sequence;
        return Asking{.node = node.id, .person = *person, .nodes = std::move(nodes)};
    }
    return Refusal{Rejection::unknown_operator};
}

using RowChange = std::pair<NetworkRowName const, std::optional<base::ByteBuffer>>;

// Signed by the operator alone; changes one row besides its sequence.
Result<Plan, Rejection> plan_row(WorkingSet const& working_set, DecodedEntry const& entry, Asking asking,
                                 RowChange change) {
    PlanMaker maker(working_set, entry);
    TRY(maker.expect_evidence(1));
    TRY(maker.expect_no_admissions());
    auto const& person = asking.person;
    TRY(maker.add_evidence(0, Signer{person.id, person.kind, person.public_key}));
    return maker.finish({.nodes = std::move(asking.nodes), .rows = {std::move(change)}});
}

// --- clients and roles

Result<void, Rejection> check_own_client(WorkingSet const& working_set, ClientId const& client,
                                         Asking const& asking) {
    auto const row = working_set.find<ClientRow>(NetworkRowName::client(client));
    if (!row)
        return Refusal{Rejection::unknown_client};
    if (row->node != asking.node)
        return Refusal{Rejection::foreign_client};
    return {};
}

Result<void, Rejection> check_client_row(ClientRow const& row, Asking const& asking) {
    if (row.node != asking.node)
        return Refusal{Rejection::foreign_client};
    if (row.metadata.size() > client_size_max)
        return Refusal{Rejection::malformed};
    return {};
}

// The account that a role is for is the one registered then, and no other under the same name.
Result<void, Rejection> check_holder(WorkingSet const& working_set, GrantRole const& wanted) {
    if (!working_set.account)
        return Refusal{Rejection::unknown_account};
    if (working_set.account->head.is_erased())
        return Refusal{Rejection::account_erased};
    if (working_set.account->state->registered != wanted.registered)
        return Refusal{Rejection::stale_version};
    return {};
}

template <class Kind>
Result<Asking, Rejection> asking_about_role(WorkingSet const& working_set, Kind const& wanted) {
    auto asking = TRY(asking_operator(working_set, wanted.asks));
    TRY(check_own_client(working_set, wanted.client, asking));
    if (wanted.registered.number() > version_max || wanted.role.empty())
        return Refusal{Rejection::malformed};
    return asking;
}

// --- votes

// The change that is voted on, without the approvals that count no more and the asking node's own.
template <class Kind>
Result<PendingChangeRow, Rejection> change_before_vote(WorkingSet const& working_set, Kind const& wanted,
                                                       Asking const& asking) {
    auto change = working_set.find<PendingChangeRow>(NetworkRowName::pending_change(wanted.change));
    if (!change)
        return Refusal{Rejection::unknown_change};
    if (working_set.place.time >= change->proposed + change_lifetime)
        return Refusal{Rejection::change_expired};
    std::erase_if(change->approvals, [&](Approval const& approval) {
        return approval.node == asking.node || working_set.nodes.find(approval.node) == nullptr;
    });
    return *std::move(change);
}

} // namespace

Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   RegisterClient const& wanted) {
    auto asking = TRY(asking_operator(working_set, wanted.asks));
    auto const name = NetworkRowName::client(wanted.client);
    if (working_set.has(name))
        return Refusal{Rejection::client_known};
    TRY(check_client_row(wanted.row, asking));
    return plan_row(working_set, entry, std::move(asking), {name, encode(wanted.row)});
}

Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   UpdateClient const& wanted) {
    auto asking = TRY(asking_operator(working_set, wanted.asks));
    TRY(check_own_client(working_set, wanted.client, asking));
    TRY(check_client_row(wanted.row, asking));
    return plan_row(working_set, entry, std::move(asking),
                    {NetworkRowName::client(wanted.client), encode(wanted.row)});
}

Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   RemoveClient const& wanted) {
    auto asking = TRY(asking_operator(working_set, wanted.asks));
    TRY(check_own_client(working_set, wanted.client, asking));
    return plan_row(working_set, entry, std::move(asking),
                    {NetworkRowName::client(wanted.client), std::nullopt});
}

Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   GrantRole const& wanted) {
    auto asking = TRY(asking_about_role(working_set, wanted));
    TRY(check_holder(working_set, wanted));
    auto const name = role_name(wanted);
    if (working_set.has(name))
        return Refusal{Rejection::role_known};
    return plan_row(working_set, entry, std::move(asking), {name, role_row()});
}

Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   RevokeRole const& wanted) {
    auto asking = TRY(asking_about_role(working_set, wanted));
    auto const name = role_name(wanted);
    if (!working_set.has(name))
        return Refusal{Rejection::unknown_role};
    return plan_row(working_set, entry, std::move(asking), {name, std::nullopt});
}

Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   ProposeChange const& wanted) {
    auto asking = TRY(asking_operator(working_set, wanted.asks));
    PendingChangeRow const row{.proposed = working_set.place.time,
                               .act = crypto::sha256(base::ByteView(wanted.act)),
                               .approvals = {{.node = asking.node, .by = asking.person.id}}};
    return plan_row(working_set, entry, std::move(asking),
                    {NetworkRowName::pending_change(entry.leaf_hash), encode(row)});
}

Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   ApproveChange const& wanted) {
    auto asking = TRY(asking_operator(working_set, wanted.asks));
    auto change = TRY(change_before_vote(working_set, wanted, asking));
    change.approvals.push_back({.node = asking.node, .by = asking.person.id});
    return plan_row(working_set, entry, std::move(asking),
                    {NetworkRowName::pending_change(wanted.change), encode(change)});
}

Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   ObjectChange const& wanted) {
    auto asking = TRY(asking_operator(working_set, wanted.asks));
    auto const change = TRY(change_before_vote(working_set, wanted, asking));
    return plan_row(working_set, entry, std::move(asking),
                    {NetworkRowName::pending_change(wanted.change), encode(change)});
}

} // namespace bulla::ledger
