#include "ledger/node_rules.hpp"

#include "ledger/key_retirement.hpp"
#include "ledger/plan_maker.hpp"
#include "token/jwk.hpp"

namespace bulla::ledger {
namespace {

using Refusal = std::unexpected<Rejection>;

Result<Node, Rejection> asking_node(WorkingSet const& working_set, NodePart const& asks) {
    if (asks.network != working_set.place.network)
        return Refusal{Rejection::wrong_network};
    if (asks.not_after < working_set.place.time)
        return Refusal{Rejection::statement_expired};
    auto const* const node = working_set.nodes.find(asks.signer);
    if (node == nullptr)
        return Refusal{Rejection::unknown_node};
    if (asks.sequence != node->sequence.next())
        return Refusal{Rejection::wrong_sequence};
    auto after = *node;
    after.sequence = asks.sequence;
    drop_ended(after, working_set.place.time);
    return after;
}

Result<void, Rejection> expect_signatures(PlanMaker const& maker, std::size_t count) {
    TRY(maker.expect_evidence(count));
    return maker.expect_no_admissions();
}

NodesRow with_node(NodesRow const& before, Node node) {
    auto after = before;
    *after.find(node.id) = std::move(node);
    return after;
}

} // namespace

std::optional<KeyId> signing_key_id(PublishSigningKey const& wanted) {
    auto const key = Ed25519PublicKey::parse(wanted.public_key);
    if (wanted.algorithm != SigningAlgorithm::eddsa || !key)
        return std::nullopt;
    return token::make_key_id(*key);
}

Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   PublishSigningKey const& wanted) {
    auto node = TRY(asking_node(working_set, wanted.asks));
    auto const node_key = node.node_key;
    if (wanted.algorithm != SigningAlgorithm::eddsa)
        return Refusal{Rejection::unsupported_algorithm};
    auto const key = Ed25519PublicKey::parse(wanted.public_key);
    if (!key || !crypto::is_registrable(*key))
        return Refusal{Rejection::key_not_registrable};
    auto const kid = *signing_key_id(wanted);
    if (working_set.find(kid) != nullptr)
        return Refusal{Rejection::signing_key_known};
    auto const live = std::ranges::count(node.signing_keys, wanted.algorithm, &LiveSigningKey::algorithm);
    if (static_cast<std::size_t>(live) >= live_signing_keys_max)
        return Refusal{Rejection::too_many_signing_keys};
    PlanMaker maker(working_set, entry);
    TRY(expect_signatures(maker, 2));
    TRY(maker.add_signature(0, wanted.asks.signer, node_key));
    TRY(maker.add_signature(1, kid, *key));

    node.signing_keys.push_back({.kid = kid, .algorithm = wanted.algorithm, .ends = std::nullopt});
    SigningKeyRow row{.node = wanted.asks.signer,
                      .algorithm = wanted.algorithm,
                      .public_key = wanted.public_key,
                      .ends = std::nullopt};
    return maker.finish(
        {.nodes = with_node(working_set.nodes, std::move(node)), .signing_keys = {{kid, std::move(row)}}});
}

Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   RetireSigningKey const& wanted) {
    auto node = TRY(asking_node(working_set, wanted.asks));
    auto const node_key = node.node_key;
    auto const* const known = working_set.find(wanted.kid);
    if (known != nullptr && known->node != wanted.asks.signer)
        return Refusal{Rejection::foreign_signing_key};
    auto row = TRY(retired_row(working_set, {wanted.kid, wanted.compromised}));
    PlanMaker maker(working_set, entry);
    TRY(expect_signatures(maker, 1));
    TRY(maker.add_signature(0, wanted.asks.signer, node_key));
    retire(node, wanted.kid, *row.ends);
    drop_ended(node, working_set.place.time);
    return maker.finish({.nodes = with_node(working_set.nodes, std::move(node)),
                         .signing_keys = {{wanted.kid, std::move(row)}}});
}

Result<Plan, Rejection> plan_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                   Issuance const& wanted) {
    auto node = TRY(asking_node(working_set, wanted.asks));
    if (wanted.token_count == 0)
        return Refusal{Rejection::empty_issuance};
    PlanMaker maker(working_set, entry);
    TRY(expect_signatures(maker, 1));
    TRY(maker.add_signature(0, wanted.asks.signer, node.node_key));
    return maker.finish({.nodes = with_node(working_set.nodes, std::move(node))});
}

} // namespace bulla::ledger
