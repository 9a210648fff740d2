// A new key and origin for the log of a single node that cannot go on under its name, offline (DESIGN.md §8).
//
// A node whose ledger ends before what it has signed must sign nothing under its origin again: it would make
// a second history. Its operator proposes change_log and the same act is applied, in one block when the
// policy has no delay for changes. The tree goes on from what is there, under an origin that has signed
// nothing. Killed at any moment it is begun again with the same origin:
//
//   1. log.next is made, unless it is there
//   2. the guard's record is {origin, 0}, unless the ledger extends the record: the old origin cannot be
//      signed any more
//   3. the block, without a signature
//   4. log.next takes the place of log, which is erased
//   5. the first checkpoint under the new origin
#pragma once

#include "service/founding.hpp"

namespace bulla::service {

struct NewLog {
    std::string origin;
    std::uint64_t size = 0; // of the ledger; signed under the new origin, unless it waits
    std::optional<base::Timestamp> apply_from; // the policy's delay: to be called again from then on
    crypto::Ed25519PublicKey log_key;
};

struct NewLogFault {
    enum class Kind : std::uint8_t {
        malformed_origin, // no name of a log
        used_origin, // this ledger, or the guard, has it already
        a_network, // its nodes decide together
        no_operator, // the list names another operator key
        moved, // this log goes on elsewhere
        refused, // see rejection
        founding, // see founding
    };
    Kind kind = Kind::founding;
    std::optional<FoundingFault> founding = std::nullopt;
    std::optional<ledger::Rejection> rejection = std::nullopt;
};

struct LogRenewal {
    DataPaths paths;
    std::string origin;
    Passphrase const& passphrase;
    base::Clock const& clock;
    base::Randomness& randomness;
};
// The caller holds the lock of the directory.
Result<NewLog, NewLogFault> begin_new_log(LogRenewal const& wish);

} // namespace bulla::service
