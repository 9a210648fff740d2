#include "ledger/node_rules.hpp"

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
    std::erase_if(after.signing_keys,
                  [&](LiveSigningKey const& key) { return key.ends && *key.ends <= working_set.place.time; });
    return after;
}

Result<void, Rejection> check_signatures(DecodedEntry const& entry, std::size_t count) {
    if (entry.entry.evidence.size() != count)
        return Refusal{Rejection::wrong_evidence_count};
    if (!entry.entry.admissions.empty())
        return Refusal{Rejection::wrong_admissions};
    return {};
}

// Who must have signed: its id in the evidence and its key.
struct Signer {
    base::ByteView id;
    Ed25519PublicKey const& key;
};

// Evidence of a node or a signing key: its id and one Ed25519 signature over the digest.
Result<void, Rejection> add_signature(Plan& plan, DecodedEntry const& entry, std::size_t position,
                                      Signer const& signer) {
    auto const& evidence = entry.entry.evidence[position];
    if (!std::ranges::equal(evidence.signer, signer.id))
        return Refusal{Rejection::wrong_signer};
    if (evidence.parts.size() != 1 || evidence.parts[0].size() != Ed25519Signature::size)
        return Refusal{Rejection::wrong_evidence};
    plan.checks.push_back({.check = credential::ed25519_check(signer.key, entry.digest, evidence.parts[0]),
                           .otherwise = Rejection::wrong_evidence});
    return {};
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

Result<Plan, Rejection> plan_node_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                        PublishSigningKey const& wanted) {
    auto node = TRY(asking_node(working_set, wanted.asks));
    auto const node_key = node.node_key;
    if (wanted.algorithm != SigningAlgorithm::eddsa)
        return Refusal{Rejection::unsupported_algorithm};
    auto const key = Ed25519PublicKey::parse(wanted.public_key);
    if (!key || !crypto::is_registrable(*key))
        return Refusal{Rejection::key_not_registrable};
    if (working_set.signing_key)
        return Refusal{Rejection::signing_key_known};
    auto const live = std::ranges::count(node.signing_keys, wanted.algorithm, &LiveSigningKey::algorithm);
    if (static_cast<std::size_t>(live) >= live_signing_keys_max)
        return Refusal{Rejection::too_many_signing_keys};
    TRY(check_signatures(entry, 2));

    auto const kid = *signing_key_id(wanted);
    Plan plan;
    TRY(add_signature(plan, entry, 0, {wanted.asks.signer, node_key}));
    TRY(add_signature(plan, entry, 1, {kid, *key}));
    node.signing_keys.push_back({.kid = kid, .algorithm = wanted.algorithm, .ends = std::nullopt});
    plan.changes.nodes = with_node(working_set.nodes, std::move(node));
    plan.changes.signing_key = SigningKeyChange{.kid = kid,
                                                .row = {.node = wanted.asks.signer,
                                                        .algorithm = wanted.algorithm,
                                                        .public_key = wanted.public_key,
                                                        .ends = std::nullopt}};
    return plan;
}

Result<Plan, Rejection> plan_node_entry(WorkingSet const& working_set, DecodedEntry const& entry,
                                        RetireSigningKey const& wanted) {
    auto node = TRY(asking_node(working_set, wanted.asks));
    auto const node_key = node.node_key;
    if (!working_set.signing_key)
        return Refusal{Rejection::unknown_signing_key};
    auto row = *working_set.signing_key;
    if (row.node != wanted.asks.signer)
        return Refusal{Rejection::foreign_signing_key};
    auto const time = working_set.place.time;
    auto const ends = wanted.compromised ? time : time + working_set.policy.max_token_lifetime;
    if (row.ends && *row.ends <= ends)
        return Refusal{Rejection::retirement_not_shorter};
    TRY(check_signatures(entry, 1));

    Plan plan;
    TRY(add_signature(plan, entry, 0, {wanted.asks.signer, node_key}));
    row.ends = ends;
    for (auto& key : node.signing_keys)
        if (key.kid == wanted.kid)
            key.ends = ends;
    std::erase_if(node.signing_keys,
                  [&](LiveSigningKey const& key) { return key.ends && *key.ends <= time; });
    plan.changes.nodes = with_node(working_set.nodes, std::move(node));
    plan.changes.signing_key = SigningKeyChange{.kid = wanted.kid, .row = std::move(row)};
    return plan;
}

} // namespace bulla::ledger
