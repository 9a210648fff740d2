// Who decides the order of entries: the local sequencer on one machine, CometBFT among several.
#pragma once

#include "net/duration_histogram.hpp"
#include "sequencer/head.hpp"
#include "store/ledger_database.hpp"

#include <boost/asio/awaitable.hpp>

namespace bulla::sequencer {

// An entry and what must become durable in the same write.
struct Submission {
    base::ByteBuffer entry;
    std::vector<store::SideWrite> side_writes;
};

struct Receipt {
    ledger::LeafHash leaf_hash;
    ledger::LeafIndex index;
    ledger::BlockHeight height;
    base::Timestamp time; // of the block
    HeadPointer head;     // the first published head that holds the entry
};

enum class OrderFaultKind : std::uint8_t {
    rejected, // execute() refused the entry: nothing changed
    busy,     // the queue is full: nothing changed
    no_space, // the disk is full: nothing changed
    stopped,  // shutting down: nothing changed
    unknown,  // past the deadline; the entry may still be ordered: ask by its leaf hash
};
struct OrderFault {
    OrderFaultKind kind = OrderFaultKind::busy;
    std::optional<ledger::Rejection> rejection;
};

// How long the syncs of blocks took, and those of the guard record with the signature.
struct CommitTimes {
    net::DurationHistogram block;
    net::DurationHistogram guard;
};

class Sequencer {
public:
    virtual ~Sequencer() = default;

    // Returns once the entry is durable and the head that holds it is published. May be called on any thread.
    virtual boost::asio::awaitable<Result<Receipt, OrderFault>> order(Submission submission) = 0;
    // Whether an entry sent now would be taken: not while the disk is full, nor the queue, nor after the end.
    virtual bool accepts_entries() = 0;
    virtual HeadFeed const& heads() const = 0;

    virtual std::size_t waiting() = 0; // entries that wait for their block
    virtual CommitTimes const& times() const = 0;
    // Threads of the sequencer that have not answered since the call before. Of one caller.
    virtual std::vector<std::string> silent_threads() = 0;
};

} // namespace bulla::sequencer
