// A chain on a database in memory and a guard in a directory of its own, for the tests of the sequencer.
#pragma once

#include "sequencer/chain.hpp"
#include "support/ledger_world.hpp"
#include "support/memory_ledger_database.hpp"
#include "support/temporary_directory.hpp"

#include <atomic>

namespace bulla::test {

class ManualClock final : public base::Clock {
public:
    base::Timestamp now() const override { return base::from_unix_milliseconds(milliseconds_.load()); }
    void set(base::Timestamp time) { milliseconds_ = base::unix_milliseconds(time); }

private:
    std::atomic<std::uint64_t> milliseconds_ = base::unix_milliseconds(world_time);
};

struct SequencerWorld {
    TestNetwork network;
    TemporaryDirectory directory;
    MemoryLedgerDatabase ledger;
    ManualClock clock;

    SequencerWorld() { CHECK(sequencer::found_chain(ledger, network.genesis).has_value()); }

    sequencer::Guard guard() const {
        return sequencer::Guard::open(directory.path() / "guard", network.genesis.nodes.origin,
                                      sequencer::Guard::Start::first)
            .value();
    }
    Result<sequencer::Chain, sequencer::ChainFault> open(store::LedgerDatabase& database) const {
        return sequencer::Chain::open(database, guard(), network.log_key);
    }
    sequencer::Chain open() { return open(ledger).value(); }
};

inline sequencer::Submission submission_of(ledger::Entry const& entry) {
    return {.entry = ledger::encode(entry), .side_writes = {}};
}

// The whole log of a database, in order.
inline std::vector<base::ByteBuffer> log_of(store::LedgerDatabase& ledger) {
    std::vector<base::ByteBuffer> log;
    CHECK(ledger
              .each_entry(ledger::LeafIndex{0},
                          [&](ledger::LeafIndex, base::ByteView bytes) {
                              log.push_back(base::to_buffer(bytes));
                              return true;
                          })
              .has_value());
    return log;
}

} // namespace bulla::test
