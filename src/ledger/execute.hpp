// The deterministic state machine: what an entry does to the two maps, or why it is refused.
//
// read_set() names what an entry needs from the entry alone; whoever owns the store loads it into a
// WorkingSet of plain values; plan() applies the rules without touching a signature and returns the changes
// and the signature checks that must all hold; execute() is plan() and all checks. No clock, no disk: a disk
// fault can never become a rejection. The order of checks inside plan() is consensus, since it decides which
// rejection is given.
#pragma once

#include "ledger/entry.hpp"

namespace bulla::ledger {

struct ReadSet {
    std::optional<Label> account;
    std::optional<KeyId> signing_key;
    // Rows 1 and 2 belong to every entry's read set.
};
ReadSet read_set(DecodedEntry const& entry);

// Where the entry stands.
struct Place {
    NetworkId network;
    base::Timestamp time; // of the block
    LeafIndex index;      // the entry's index in the log
};

struct WorkingSet {
    Place place;
    NodesRow const& nodes;
    PolicyRow const& policy;
    std::optional<AccountRow> account;
    std::optional<SigningKeyRow> signing_key;
};

struct AccountChange {
    Label label;
    AccountRow row;
};
struct SigningKeyChange {
    KeyId kid;
    SigningKeyRow row;
};
struct ChangeSet {
    std::optional<AccountChange> account;
    std::optional<NodesRow> nodes;
    std::optional<SigningKeyChange> signing_key;
};

// A signature that must verify, and the rejection when it does not.
struct PlannedCheck {
    credential::EvidenceCheck check;
    Rejection otherwise;
};

struct Plan {
    ChangeSet changes;
    std::vector<PlannedCheck> checks; // in the entry's order
};

Result<Plan, Rejection> plan(WorkingSet const& working_set, DecodedEntry const& entry);

// The first check in order that fails decides.
Result<ChangeSet, Rejection> execute(WorkingSet const& working_set, DecodedEntry const& entry);

} // namespace bulla::ledger
