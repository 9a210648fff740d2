// What ordering by an engine (CometBFT) leaves beside the ledger on a node of a network. A single node has
// none of it, and nothing here is consensus (docs/formats/store.md).
//
// The engine counts blocks of its own: its height grows with empty blocks, the ledger's does not. What the
// engine orders is called a transaction: the bytes of one entry.
#pragma once

#include "store/side_row.hpp"

#include <map>
#include <vector>

namespace bulla::store {

using EngineHeight = base::Ordinal<struct EngineHeightMeaning>; // 1, 2, 3 …; 0: no block yet
using TransactionHash = base::Bytes<struct TransactionHashMeaning, 32>; // SHA-256 of its bytes
using KeptKey = base::Bytes<struct KeptKeyMeaning, 32>; // digest of the statement that the writes are for

// What became of a transaction: an entry of the ledger, or a refusal.
struct TransactionResult {
    std::uint32_t code = 0;                  // 0, or why not: the number of a ledger::Rejection
    std::optional<ledger::LeafIndex> index;  // of the entry, if it is one
    std::uint64_t engine_height = 0;         // of the block that held it

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.code);
        visitor.optional(1, self.index);
        visitor.field(2, self.engine_height);
    }
    friend bool operator==(TransactionResult const&, TransactionResult const&) = default;
};

// One block of the engine.
struct EngineStep {
    EngineHeight height;
    std::map<TransactionHash, TransactionResult> results;
    std::vector<KeptKey> taken; // kept writes that joined this block
};

// Side writes of a statement that may become an entry: they join the block that holds it. They are there
// before the entry is ordered, and on other nodes than the one that submits it, so they go by its statement.
struct KeptWrites {
    base::Timestamp since; // by this node's clock
    std::vector<SideWrite> writes;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.since);
        visitor.field(1, self.writes);
    }
    friend bool operator==(KeptWrites const&, KeptWrites const&) = default;
};

} // namespace bulla::store
