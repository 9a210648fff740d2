// Gathers the plan of one entry: which signatures must hold, in the entry's order. Part of the rules.
//
// Evidence is checked for its number, its signers and its shape here; the signatures themselves are left to
// whoever runs the plan. Each step answers the rejection that it pins.
#pragma once

#include "ledger/execute.hpp"

namespace bulla::ledger {

// Who must have signed: the id that names it in the evidence, and its key.
struct Signer {
    base::ByteView id;
    CredentialKind kind;
    PublicKey const& public_key;
};

class PlanMaker {
public:
    // Working set and entry outlive the maker. `digest` is what is signed; mostly the entry's own.
    PlanMaker(WorkingSet const& working_set, DecodedEntry const& entry)
        : PlanMaker(working_set, entry, entry.digest) {}
    PlanMaker(WorkingSet const& working_set, DecodedEntry const& entry, StatementDigest const& digest)
        : working_set_(working_set), entry_(entry), digest_(digest) {}

    Result<void, Rejection> expect_evidence(std::size_t count) const;
    Result<void, Rejection> add_evidence(std::size_t position, Signer const& signer);
    Result<void, Rejection> add_evidence(std::size_t position, Credential const& signer);
    // Of a credential that the entry brings: its key must be registrable as well.
    Result<void, Rejection> add_new_evidence(std::size_t position, Credential const& brought);
    // The first evidence: of an active credential of the account as it stood before this entry.
    Result<Credential, Rejection> add_authorising_evidence(AccountState const& before);
    // A node's or signing key's signature: id and one Ed25519 signature.
    Result<void, Rejection> add_signature(std::size_t position, base::ByteView id,
                                          Ed25519PublicKey const& key);
    // All evidence of an act that changes the list of nodes.
    Result<void, Rejection> add_list_signatures(NodeList const& before, NodeList const& after);

    // Exactly a quorum of different nodes of the list in force, in ascending id, none of them expired.
    Result<void, Rejection> add_admissions();
    Result<void, Rejection> expect_no_admissions() const;

    // May be called once.
    Plan finish(ChangeSet changes) { return {.changes = std::move(changes), .checks = std::move(checks_)}; }

private:
    WorkingSet const& working_set_;
    DecodedEntry const& entry_;
    StatementDigest digest_;
    std::vector<PlannedCheck> checks_;
};

} // namespace bulla::ledger
