// Proof files (c2sp.org/tlog-proof), extension .tlog-proof: an inclusion proof and the checkpoint it leads
// to.
//
//   c2sp.org/tlog-proof@v1 LF
//   extra <base64> LF            optional, not empty; authenticated by nothing
//   index <decimal> LF
//   <base64 hash> LF …           the inclusion path, the leaf's sibling first; at most 64
//   LF
//   <checkpoint as a signed note, verbatim>
//
// The size is the checkpoint's. Nothing here is verified: hash the entry, open the checkpoint, then
// check_inclusion.
#pragma once

#include "merkle/note.hpp"
#include "merkle/proof.hpp"

namespace bulla::merkle {

inline constexpr std::size_t proof_extra_size_max = 262'144;

struct ProofFile {
    base::ByteBuffer extra; // empty: no such line
    LeafIndex index;
    HashPath path;
    std::string checkpoint; // a note in full, of a note's form
    friend bool operator==(ProofFile const&, ProofFile const&) = default;
};

std::string print_proof_file(ProofFile const& file);
// print_proof_file(parse_proof_file(x)) == x for every x accepted; malformed_proof, or the fault of the note
// inside.
Result<ProofFile, NoteFault> parse_proof_file(std::string_view text);

} // namespace bulla::merkle
