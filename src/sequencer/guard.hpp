// The signing guard: the last checkpoint this log has signed, kept apart from the ledger's data.
//
// A log never signs two checkpoints that do not extend each other (docs/formats/store.md). The record is a
// file:
//
//   DATA/guard/checkpoint        origin LF size LF base64(root[32]) LF, the text that is signed; or "moved"
//   LF … DATA/guard/checkpoint.new    the record before, or one that was never finished: nobody reads it
//
// It is compared before each signature and replaced (write, fsync, rename, fsync of the directory) before the
// signature leaves. backup and restore never touch it. The two files change places, so that a full disk has
// room for a record.
//
// When the ledger names another origin (an applied change_log) the record moves to it with the first
// checkpoint signed under it, which must extend the one before like any other. So nothing is signed under the
// old origin again: the record is past the change, and a tree of that size names the new one.
#pragma once

#include "crypto/ed25519.hpp"
#include "merkle/checkpoint.hpp"
#include "store/small_files.hpp"

#include <filesystem>

namespace bulla::sequencer {

enum class GuardFault : std::uint8_t {
    rollback, // a smaller size than the one signed last
    fork, // the same size with another root, or no consistency with the one signed last
    changed, // the record is not what was read last: another signer is running
    missing, // no record although the ledger is not empty
    damaged, // the record does not parse, or is of another origin and no tree
    moved, // this log goes on elsewhere
    failed, // the file system
};

std::string_view name(GuardFault fault);

class Guard {
public:
    // first: without a record it begins at size 0 under this origin, and makes the directory. again: a
    // missing record is a fault. A record of another origin opens: sign() decides. The files outlive the
    // guard.
    enum class Start : std::uint8_t { first, again };
    static Result<Guard, GuardFault> open(std::filesystem::path const& directory, std::string origin,
                                          Start start,
                                          store::SmallFiles& files = store::SmallFiles::of_the_system());

    // The record alone, for who only reads; of whatever origin.
    static Result<merkle::Checkpoint, GuardFault> read(
        std::filesystem::path const& directory,
        store::SmallFiles& files = store::SmallFiles::of_the_system());

    // A record of size 0 under an origin that nothing was ever signed under, in the place of any other: what
    // the one before had signed cannot be gone on from. Refused where the log goes on elsewhere.
    static Result<void, GuardFault> begin_origin(
        std::filesystem::path const& directory, std::string origin,
        store::SmallFiles& files = store::SmallFiles::of_the_system());

    merkle::Checkpoint const& last() const { return last_; }

    // Signs after the record is durable. Another origin than the record's is moved to if the checkpoint
    // extends it by at least one entry; the caller has it from the ledger. `proof`: consistency from
    // last().size to checkpoint.size; empty when equal or when last().size is 0. After `failed` the record
    // may be the old one or the new one.
    Result<std::string, GuardFault> sign(merkle::Checkpoint const& checkpoint,
                                         std::span<merkle::NodeHash const> proof,
                                         crypto::Ed25519KeyPair const& log_key);

private:
    Guard(store::SmallFiles& files, std::filesystem::path file, merkle::Checkpoint last)
        : files_(&files), file_(std::move(file)), last_(std::move(last)) {}
    store::SmallFiles* files_;
    std::filesystem::path file_;
    merkle::Checkpoint last_;
};

} // namespace bulla::sequencer
