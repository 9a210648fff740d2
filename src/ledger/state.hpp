// The ledger's state as plain values in memory: both maps, the account rows, the end of the log.
//
// MemoryState is what an auditor and the tests run on, and what a naive model of the store is: it holds
// everything. ChainHead is the little that the next block needs from the blocks before.
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
    LeafHash block_hash;  // leaf hash of the last block entry
    base::Timestamp time; // of the last block
};

// Rows as the two maps hold them. Directory: label and SHA-256 of the 82-byte head; network map: key by kind
// and id, and SHA-256 of the row's CBOR.
merkle::MapRow directory_row(Label const& label, AccountHead const& head);
merkle::MapRow network_row(NodesRow const& nodes);
merkle::MapRow network_row(PolicyRow const& policy);
merkle::MapRow network_row(KeyId const& kid, SigningKeyRow const& row);
merkle::MapRow network_row(NetworkRowName const& name, base::ByteView value);

// Gathers the changes of an entry or a block as changes of the two maps. Later changes of a key win.
class MapChanges {
public:
    void add(ChangeSet const& changes);

    merkle::CommittedMap apply_to_directory(merkle::CommittedMap const& before) const;
    merkle::CommittedMap apply_to_network(merkle::CommittedMap const& before) const;

private:
    std::map<merkle::MapKey, merkle::ValueHash> directory_;
    std::map<merkle::MapKey, std::optional<merkle::ValueHash>> network_; // nothing: removed
};

class MemoryState {
public:
    explicit MemoryState(Genesis const& genesis);

    // Refers to nodes() and policy(): good until the next apply().
    WorkingSet load(ReadSet const& keys, Place const& place) const;
    void apply(ChangeSet const& changes);

    AccountRow const* find_account(Label const& label) const;
    SigningKeyRow const* find_signing_key(KeyId const& kid) const;
    std::map<Label, AccountRow> const& accounts() const { return accounts_; }
    std::map<KeyId, SigningKeyRow> const& signing_keys() const { return signing_keys_; }
    std::map<NetworkRowName, base::ByteBuffer> const& rows() const { return rows_; } // of kinds 3, 4 and 6
    NodesRow const& nodes() const { return nodes_; }
    PolicyRow const& policy() const { return policy_; }

    // Hash what has changed since the last call.
    merkle::DirectoryRoot directory_root();
    merkle::NetworkRoot network_root();

private:
    void hash_pending();

    NodesRow nodes_;
    PolicyRow policy_;
    std::map<Label, AccountRow> accounts_;
    std::map<KeyId, SigningKeyRow> signing_keys_;
    std::map<NetworkRowName, base::ByteBuffer> rows_;
    MapChanges pending_;
    merkle::CommittedMap directory_;
    merkle::CommittedMap network_;
};

} // namespace bulla::ledger
