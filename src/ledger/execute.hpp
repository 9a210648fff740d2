// The deterministic state machine: what an entry does to the two maps, or why it is refused.
//
// read_set() names what an entry needs from the entry alone; whoever owns the store loads it into a
// WorkingSet of plain values; plan() applies the rules without touching a signature and returns the changes
// and the signature checks that must all hold; execute() is plan() and all checks. No clock, no disk: a disk
// fault can never become a rejection. The order of checks inside plan() is consensus, since it decides which
// rejection is given (docs/formats/rejections.md).
#pragma once

#include "ledger/entry.hpp"

#include <map>

namespace bulla::ledger {

struct ReadSet {
    std::optional<Label> account = {};
    std::vector<KeyId> signing_keys = {};
    std::vector<NetworkRowName> rows = {}; // of kinds 3, 4 and 6
    // Rows 1 and 2 belong to every entry's read set.
};
ReadSet read_set(DecodedEntry const& entry);

// Where the entry stands.
struct Place {
    NetworkId network;
    base::Timestamp time; // of the block
    LeafIndex index;      // the entry's index in the log
};

// What the read set names, as far as it exists.
struct WorkingSet {
    Place place;
    NodesRow const& nodes;
    PolicyRow const& policy;
    std::optional<AccountRow> account = {};
    std::map<KeyId, SigningKeyRow> signing_keys = {};
    std::map<NetworkRowName, base::ByteBuffer> rows = {};

    SigningKeyRow const* find(KeyId const& kid) const;
    // A stored row that does not decode is our own fault: the store checks what it reads.
    template <class Row>
    std::optional<Row> find(NetworkRowName const& name) const {
        auto const found = rows.find(name);
        if (found == rows.end())
            return std::nullopt;
        auto row = decode<Row>(found->second);
        CHECK(row.has_value());
        return *std::move(row);
    }
    bool has(NetworkRowName const& name) const { return rows.contains(name); }
};

struct AccountChange {
    Label label;
    AccountRow row;
};
struct ChangeSet {
    std::optional<AccountChange> account = {};
    std::optional<NodesRow> nodes = {};
    std::optional<PolicyRow> policy = {};
    std::map<KeyId, SigningKeyRow> signing_keys = {};
    std::map<NetworkRowName, std::optional<base::ByteBuffer>> rows = {}; // nothing: the row is removed
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
