// Checkpoints (c2sp.org/tlog-checkpoint): what a log signs, as the text of a signed note.
//
//   origin LF                 the log's key name: URL without scheme, e.g. auth.example.org/log
//   size LF                   decimal without leading zero
//   base64(root[32]) LF       44 characters
//   extension LF …            never in our own log; accepted from others and not read
#pragma once

#include "merkle/note.hpp"
#include "merkle/proof.hpp"

namespace bulla::merkle {

struct Checkpoint {
    std::string origin;
    TreeSize size;
    LogRoot root;
    Tree tree() const { return {.size = size, .root = root}; }
    friend bool operator==(Checkpoint const&, Checkpoint const&) = default;
};

// Exactly three lines; the origin a key name; at size 0 the root of the empty tree. Strict: prints back the
// same.
Result<Checkpoint, NoteFault> parse_checkpoint(std::string_view text);
// For a witness: also extension lines (none of them empty), any origin that is one line and not empty, and
// any root at size 0, which the witness protocol answers by another status.
Result<Checkpoint, NoteFault> parse_foreign_checkpoint(std::string_view text);
// The origin must be a key name.
std::string print_checkpoint(Checkpoint const& checkpoint);

// The whole note with the log's own line, whose key name is the origin.
std::string sign_checkpoint(Checkpoint const& checkpoint, crypto::Ed25519KeyPair const& log_key);
// The note with lines added; lines already there are not added twice.
Result<std::string, NoteFault> add_note_lines(std::string_view note, std::span<NoteLine const> lines);

struct OpenedCheckpoint {
    Checkpoint checkpoint;
    std::vector<GoodSignature> cosignatures; // index into the cosigners given
};

// A note of our own form: signed by the log key, whose name is the origin. Cosigners need not have signed;
// who counts a quorum counts the entries of `cosignatures`.
Result<OpenedCheckpoint, NoteFault> open_checkpoint(std::string_view note, VerifierKey const& log_key,
                                                    std::span<VerifierKey const> cosigners);

} // namespace bulla::merkle
