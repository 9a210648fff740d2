#include "ledger/plan_maker.hpp"

#include "ledger/node_list_walk.hpp"

namespace bulla::ledger {
namespace {

using Refusal = std::unexpected<Rejection>;

} // namespace

Result<void, Rejection> PlanMaker::expect_evidence(std::size_t count) const {
    if (entry_.entry.evidence.size() != count)
        return Refusal{Rejection::wrong_evidence_count};
    return {};
}

Result<void, Rejection> PlanMaker::add_evidence(std::size_t position, Signer const& signer) {
    auto const& evidence = entry_.entry.evidence[position];
    if (!std::ranges::equal(evidence.signer, signer.id))
        return Refusal{Rejection::wrong_signer};
    auto check = credential::evidence_check({signer.kind, signer.public_key},
                                            working_set_.policy.relying_party(), digest_, evidence.parts);
    if (!check)
        return Refusal{Rejection::wrong_evidence};
    checks_.push_back({.check = *std::move(check), .otherwise = Rejection::wrong_evidence});
    return {};
}

Result<void, Rejection> PlanMaker::add_evidence(std::size_t position, Credential const& signer) {
    return add_evidence(position, Signer{signer.id, signer.key.kind, signer.key.public_key});
}

Result<void, Rejection> PlanMaker::add_new_evidence(std::size_t position, Credential const& brought) {
    if (auto const* const key = brought.key.public_key.ed25519())
        checks_.push_back(
            {.check = credential::key_check(*key), .otherwise = Rejection::key_not_registrable});
    return add_evidence(position, brought);
}

Result<Credential, Rejection> PlanMaker::add_authorising_evidence(AccountState const& before) {
    auto const id = CredentialId::parse(entry_.entry.evidence[0].signer);
    auto const* const signer = id ? before.find(*id) : nullptr;
    if (signer == nullptr || !is_active(*signer))
        return Refusal{Rejection::wrong_signer};
    TRY(add_evidence(0, *signer));
    return *signer;
}

Result<void, Rejection> PlanMaker::add_signature(std::size_t position, base::ByteView id,
                                                 Ed25519PublicKey const& key) {
    return add_evidence(position, Signer{id, CredentialKind::device_key, PublicKey(key)});
}

Result<void, Rejection> PlanMaker::add_list_signatures(NodeList const& before, NodeList const& after) {
    auto checks = TRY(node_list_checks(before, after, entry_.entry.evidence));
    for (auto& check : checks)
        checks_.push_back({.check = std::move(check), .otherwise = Rejection::wrong_evidence});
    return {};
}

Result<void, Rejection> PlanMaker::add_admissions() {
    auto const& admissions = entry_.entry.admissions;
    if (admissions.size() != working_set_.nodes.quorum())
        return Refusal{Rejection::wrong_admissions};
    for (std::size_t index = 1; index < admissions.size(); ++index)
        if (!(admissions[index - 1].node < admissions[index].node))
            return Refusal{Rejection::wrong_admissions};
    for (auto const& admission : admissions) {
        auto const* const node = working_set_.nodes.find(admission.node);
        if (node == nullptr)
            return Refusal{Rejection::admission_of_stranger};
        if (admission.until < working_set_.place.time)
            return Refusal{Rejection::admission_expired};
        auto const message = admission_message(admission.until, digest_);
        checks_.push_back({.check = credential::ed25519_check(node->node_key, message, admission.signature),
                           .otherwise = Rejection::wrong_admission});
    }
    return {};
}

Result<void, Rejection> PlanMaker::expect_no_admissions() const {
    if (!entry_.entry.admissions.empty())
        return Refusal{Rejection::wrong_admissions};
    return {};
}

} // namespace bulla::ledger
