// Inclusion and consistency proofs of the log (RFC 9162 §2.1.3, §2.1.4; the same trees as RFC 6962).
//
// A path lists hashes from the leaf's sibling upwards, at most 64 of them. Index and size are not bound by
// the path: take the size from something signed, never from whoever brings the proof. Consistency from size 0
// is refused here; that everything extends the empty tree is a rule of the witness protocol, not of the tree.
#pragma once

#include "base/result.hpp"
#include "merkle/hash.hpp"
#include "merkle/proof_fault.hpp"

#include <optional>
#include <span>
#include <vector>

namespace bulla::merkle {

using HashPath = std::vector<NodeHash>;

// Where stored tiles are read. Nothing when the tile is not there; a newest tile may be longer than asked
// for.
class TileSource {
public:
    virtual ~TileSource() = default;
    virtual std::optional<base::ByteBuffer> read_tile(std::uint8_t level, std::uint64_t number) const = 0;
};

struct Tree {
    TreeSize size;
    LogRoot root;
    friend bool operator==(Tree const&, Tree const&) = default;
};

Result<HashPath, ProofFault> make_inclusion_proof(TileSource const& tiles, LeafIndex index, TreeSize size);
// 0 < from ≤ to; the empty path when they are equal.
Result<HashPath, ProofFault> make_consistency_proof(TileSource const& tiles, TreeSize from, TreeSize to);
// The root at an earlier or present size.
Result<LogRoot, ProofFault> load_root(TileSource const& tiles, TreeSize size);
// The hashes of a Frontier of this size, so that appending can go on.
Result<HashPath, ProofFault> load_frontier_hashes(TileSource const& tiles, TreeSize size);

Result<void, ProofFault> check_inclusion(LeafHash const& leaf, LeafIndex index, Tree const& tree,
                                         std::span<NodeHash const> path);
Result<void, ProofFault> check_consistency(Tree const& older, Tree const& newer,
                                           std::span<NodeHash const> path);

} // namespace bulla::merkle
