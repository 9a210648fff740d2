// The signing guard: the last checkpoint this log has signed, kept apart from the ledger's data.
//
// A log never signs two checkpoints that do not extend each other (docs/formats/store.md). The record {origin, size,
// root} lies in DATA/guard/checkpoint, is compared before each signature and replaced (write, fsync, rename, fsync of
// the directory) before the signature leaves. backup and restore never touch it.
#pragma once

#include "crypto/ed25519.hpp"
#include "merkle/checkpoint.hpp"

#include <filesystem>

namespace bulla::sequencer {

enum class GuardFault : std::uint8_t {
    rollback,     // a smaller size than the one signed last
    fork,         // the same size with another root, or no consistency with the one signed last
    changed,      // the record is not what was read last: another signer is running
    missing,      // no record although the ledger is not empty
    damaged,      // the record does not parse or names another origin
    moved,        // this log goes on elsewhere
    failed,       // the file system
};

class Guard {
public:
    // `first_start`: with no record, begins at size 0; otherwise a missing record is a fault.
    enum class Start : std::uint8_t { first, again };
    static Result<Guard, GuardFault> open(std::filesystem::path const& directory, std::string origin, Start start);

    // The record alone, for who only reads.
    static Result<merkle::Checkpoint, GuardFault> read(std::filesystem::path const& directory,
                                                       std::string_view origin);

    merkle::Checkpoint const& last() const { return last_; }

    // Signs after the record is durable. `proof`: consistency from last().size to checkpoint.size; empty when equal
    // or when last().size is 0.
    Result<std::string, GuardFault> sign(merkle::Checkpoint const& checkpoint,
                                         std::span<merkle::NodeHash const> proof,
                                         crypto::Ed25519KeyPair const& log_key);

private:
    Guard(std::filesystem::path file, merkle::Checkpoint last) : file_(std::move(file)), last_(std::move(last)) {}
    std::filesystem::path file_;
    merkle::Checkpoint last_;
};

} // namespace bulla::sequencer
