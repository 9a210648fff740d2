// Why a Merkle proof was not made or not believed.
#pragma once

#include <cstdint>

namespace bulla::merkle {

enum class ProofFault : std::uint8_t {
    index_beyond_tree,   // the leaf's index is not below the tree's size
    sizes_out_of_order,  // the newer tree is smaller
    from_empty_tree,     // no consistency proof exists from size 0 (RFC 6962 §2.1.2)
    wrong_length,        // more or fewer hashes than index and size need
    wrong_root,          // the path leads to another root
    missing_tile,        // our own storage lacks a tile the tree implies, or it is too short
    malformed,           // a map proof of a wrong length or unknown format
    bits_not_increasing, // a map proof of a tree nobody honest builds
    sentinel_query,      // the two sentinel keys are nobody's
    wrong_leaf,          // the leaf shown does not lie on the way of the key asked for
};

} // namespace bulla::merkle
