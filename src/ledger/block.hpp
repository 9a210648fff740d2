// The block being built: entries that were executed one after the other, closed by a block entry.
//
// Pure: the caller brings time, state and the roots of the maps; the builder keeps the log's frontier and
// prints the block entry. Nothing here is durable; a block that is dropped is simply forgotten.
#pragma once

#include "ledger/state.hpp"

namespace bulla::ledger {

// A block's own entries. An auditor holds the entries of an open block until its block entry says the time.
inline constexpr std::size_t block_entries_max = 16'384;

struct BuiltBlock {
    BlockEntry block;
    base::ByteBuffer block_bytes;
    std::vector<LeafHash> leaf_hashes; // of the entries and of the block entry, in order from first_index
    ChainHead head;                    // after the block
};

class BlockBuilder {
public:
    // `time` is the later of the clock and the last block's time: the caller decides which.
    BlockBuilder(ChainHead const& before, base::Timestamp time);

    // Block 0, before its genesis entry.
    static BlockBuilder first(NetworkId const& network, base::Timestamp time);

    Place next_place() const; // of the entry to be executed next
    void append(LeafHash const& leaf_hash);
    std::size_t entry_count() const { return leaf_hashes_.size(); }

    // At least one entry and at most block_entries_max.
    BuiltBlock close(merkle::DirectoryRoot const& directory_root, merkle::NetworkRoot const& network_root) &&;

private:
    explicit BlockBuilder(ChainHead head) : head_(std::move(head)) {}

    ChainHead head_; // height and time of this block, block_hash of the one before until it is closed
    LeafIndex first_index_;
    std::vector<LeafHash> leaf_hashes_;
};

// A genesis that agrees with itself: ids follow from keys, numbers begin where they must, each node has an
// operator.
bool is_consistent(Genesis const& genesis);

// Block 0: the genesis entry alone, and the block entry that follows it. The genesis must be consistent.
struct GenesisBlock {
    base::ByteBuffer genesis_bytes;
    BuiltBlock built;
};
GenesisBlock make_genesis_block(Genesis const& genesis);

} // namespace bulla::ledger
