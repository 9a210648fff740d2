// Another node's log becomes this one's ledger: each entry is executed again, and each block entry compared
// with the one that comes of it. So what is imported is a ledger that the rules allow, whoever gave it.
//
// Of what stands beside the entries (records, openings) nothing comes: a node that lacks them asks for them.
#pragma once

#include "sequencer/chain.hpp"

namespace bulla::service {

struct ImportFault {
    enum class Kind : std::uint8_t {
        store,       // see store
        refused,     // the rules refuse an entry
        other_block, // a block entry is not what its entries make
    };
    Kind kind = Kind::store;
    std::optional<store::StoreFault> store = std::nullopt;
};

class LedgerImport {
public:
    // The ledger outlives it; `tip` is its end.
    LedgerImport(store::LedgerDatabase& ledger, sequencer::Tip const& tip)
        : ledger_(ledger), maker_(ledger, tip), end_(tip), size_(tip.head->size.number()) {}

    // The next entries of the log. A block is written once its block entry has come.
    Result<void, ImportFault> take(base::ByteView entry);
    std::uint64_t size() const { return size_; } // of the log, with what waits for its block entry
    sequencer::Tip const& end() const { return end_; } // after the last block

private:
    Result<void, ImportFault> take_block(ledger::BlockEntry const& block, base::ByteView bytes);

    store::LedgerDatabase& ledger_;
    sequencer::BlockMaker maker_;
    sequencer::CheckMemory checks_;
    sequencer::Tip end_;
    std::vector<base::ByteBuffer> waiting_; // of the block that is not complete
    std::uint64_t size_;
};

} // namespace bulla::service
