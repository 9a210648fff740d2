// The ledger's state as plain values in memory: both maps, the account rows, the end of the log.
//
// MemoryState is what an auditor and the tests run on, and what a naive model of the store is: it holds everything.
// ChainHead is the little that the next block needs from the blocks before.
#pragma once

#include "ledger/execute.hpp"
#include "merkle/committed_map.hpp"
#include "merkle/frontier.hpp"

#include <map>

namespace bulla::ledger {

// The end of the log after a block entry.
struct ChainHead {
    NetworkId network;
    merkle::Frontier frontier; // of the whole log, block entry included
    BlockHeight height;
    LeafHash block_hash;       // leaf hash of the last block entry
    base::Timestamp time;      // of the last block
};

// The rows of the network map that every entry reads, and their hashes.
merkle::ValueHash hash_value(base::ByteView value);

// Turns the changes of an entry or a block into changes of the two maps. Later changes of a key win.
struct MapChanges {
    std::map<merkle::MapKey, merkle::ValueHash> directory;
    std::map<merkle::MapKey, merkle::ValueHash> network;
    void add(ChangeSet const& changes);
};

class MemoryState {
public:
    explicit MemoryState(Genesis const& genesis);

    WorkingSet load(ReadSet const& keys, Place const& place) const;
    void apply(ChangeSet const& changes);

    AccountRow const* find_account(Label const& label) const;
    SigningKeyRow const* find_signing_key(KeyId const& kid) const;
    std::map<Label, AccountRow> const& accounts() const { return accounts_; }
    std::map<KeyId, SigningKeyRow> const& signing_keys() const { return signing_keys_; }
    NodesRow const& nodes() const { return nodes_; }
    PolicyRow const& policy() const { return policy_; }

    // Hash what has changed since the last call.
    merkle::DirectoryRoot directory_root();
    merkle::NetworkRoot network_root();

private:
    NodesRow nodes_;
    PolicyRow policy_;
    std::map<Label, AccountRow> accounts_;
    std::map<KeyId, SigningKeyRow> signing_keys_;
    MapChanges pending_;
    merkle::CommittedMap directory_;
    merkle::CommittedMap network_;
};

} // namespace bulla::ledger
