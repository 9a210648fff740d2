// The file that proves a key guilty of signing two histories (docs/formats/fork-proof.md).
//
// Two signed notes of one log, both with a good line of the key: of one size with two roots, or of any two
// sizes with inclusion proofs of different leaves at one index, one under each. It needs nothing else than
// the key to be checked; whose key it is, the node list says.
#pragma once

#include "ledger/fields.hpp"
#include "ledger/types.hpp"
#include "merkle/checkpoint.hpp"

namespace bulla::ledger {

// One side of a proof by leaves.
struct ForkLeaf {
    LeafHash leaf;
    merkle::HashPath path; // to the root of its note

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.field(0, self.leaf);
        visitor.field(1, self.path);
    }
    friend bool operator==(ForkLeaf const&, ForkLeaf const&) = default;
};

struct ForkProof {
    static constexpr std::uint64_t format = 1;

    std::string first; // signed notes
    std::string second;
    std::optional<LeafIndex> index; // all three, or none of them
    std::optional<ForkLeaf> first_leaf;
    std::optional<ForkLeaf> second_leaf;

    template <class Visitor, class Self>
    static void fields(Visitor& visitor, Self& self) {
        visitor.constant(0, format);
        visitor.field(1, self.first);
        visitor.field(2, self.second);
        visitor.optional(3, self.index);
        visitor.optional(4, self.first_leaf);
        visitor.optional(5, self.second_leaf);
    }
    friend bool operator==(ForkProof const&, ForkProof const&) = default;
};

enum class ForkProofFault : std::uint8_t {
    malformed,
    not_signed,   // a note is none, or has no good line of the key
    other_log,    // the notes have different origins
    no_fork,      // one history: the same root, or the same leaf
    unproved,     // different sizes, and nothing that shows that they do not belong together
    wrong_leaves, // a path does not lead from its leaf to the root of its note
};
std::string_view name(ForkProofFault fault);

struct Fork {
    merkle::Checkpoint first;
    merkle::Checkpoint second;
    std::optional<base::Timestamp> first_time; // of cosignatures
    std::optional<base::Timestamp> second_time;
};

// The key is a cosigner's, or a log's.
Result<Fork, ForkProofFault> check_fork_proof(base::ByteView file, merkle::VerifierKey const& key);

// A proof by leaves out of the two trees: nothing when they have no different leaf below the smaller size,
// or their tiles do not belong to the notes.
std::optional<ForkProof> make_fork_proof(std::string first, merkle::TileSource const& first_tiles,
                                         std::string second, merkle::TileSource const& second_tiles);

} // namespace bulla::ledger
