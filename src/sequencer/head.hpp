// The published end of the ledger: what readers see.
//
// A Head is immutable. The sequencer publishes a new one after a block is durable and its checkpoint is
// signed; readers keep a shared_ptr and never wait. HeadFeed hands out the newest.
#pragma once

#include "base/mutex.hpp"
#include "ledger/block.hpp"
#include "merkle/committed_map.hpp"

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace bulla::sequencer {

struct Head {
    ledger::NetworkId network;
    ledger::BlockEntry block;
    base::ByteBuffer block_bytes;
    ledger::LeafIndex block_index; // size − 1
    ledger::TreeSize size;
    merkle::LogRoot root;
    std::string checkpoint;         // the signed note
    merkle::CommittedMap directory; // snapshots
    merkle::CommittedMap network_map;
    std::shared_ptr<ledger::NodesRow const> nodes;
    std::shared_ptr<ledger::PolicyRow const> policy;
    std::shared_ptr<std::map<ledger::KeyId, ledger::SigningKeyRow> const> signing_keys;
};
using HeadPointer = std::shared_ptr<Head const>;

class HeadFeed {
public:
    explicit HeadFeed(HeadPointer first) : head_(std::move(first)) {}

    HeadPointer newest() const;
    std::uint64_t generation() const { return generation_.load(std::memory_order_acquire); }
    void publish(HeadPointer head);

    // Calls the listener after each publication, on the publishing thread: it must be quick. There is one at
    // most; an empty one ends it, and is not running any more when this returns.
    void listen(std::function<void()> listener) const;

private:
    mutable base::Mutex mutex_;
    HeadPointer head_ GUARDED_BY(mutex_);
    mutable base::Mutex listener_mutex_;
    mutable std::function<void()> listener_ GUARDED_BY(listener_mutex_);
    std::atomic<std::uint64_t> generation_{0};
};

} // namespace bulla::sequencer
