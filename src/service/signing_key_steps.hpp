// What is to be done next about the node's token signing keys: a function of the ledger's rows, the key files
// and the clock, and of nothing else. So a process that died between two steps goes on where it was.
//
//   row of the ledger     file      the key            next step
//   none                  there     was never used     erase the file
//   live, no end          there     may sign           the newest of these signs; the others are retired
//   live, no end          missing   cannot sign        retire it
//   live, with an end     there     verifies only      erase the file
//   live, with an end     missing   verifies only      none, until the end has passed
//
// Retiring names the end at once: block time and the longest life a token may have. All that a key has signed
// has expired by then, and nobody needs its private half from the retiring entry on.
#pragma once

#include "base/time.hpp"
#include "ledger/network_rows.hpp"

#include <variant>

namespace bulla::service {

struct SigningKeyFile {
    ledger::KeyId kid;
    base::Timestamp made;
};

struct SigningKeyState {
    std::vector<ledger::LiveSigningKey> live; // the node's, ends after now; in the order of publication
    std::vector<SigningKeyFile> files;
};

// The newest live key without an end whose file is there.
std::optional<ledger::KeyId> signing_kid(SigningKeyState const& state);

// False: the ledger would refuse a further key.
bool has_room(SigningKeyState const& state);

struct Settled {
    friend bool operator==(Settled const&, Settled const&) = default;
};
struct PublishKey {
    friend bool operator==(PublishKey const&, PublishKey const&) = default;
};
struct EraseFile {
    ledger::KeyId kid;
    friend bool operator==(EraseFile const&, EraseFile const&) = default;
};
struct RetireKey {
    ledger::KeyId kid;
    friend bool operator==(RetireKey const&, RetireKey const&) = default;
};
// Nothing can sign and there is no room for a new key: the oldest one ends now. Its file is gone, or it was
// retired before; tokens it signed are refused, their owners sign in again.
struct EndKeyNow {
    ledger::KeyId kid;
    friend bool operator==(EndKeyNow const&, EndKeyNow const&) = default;
};
using SigningKeyStep = std::variant<Settled, PublishKey, EraseFile, RetireKey, EndKeyNow>;

// A key older than `lifetime` is followed by a new one, once there is room. A key dated as far in the future
// was made under a wrong clock, and is old too.
SigningKeyStep next_step(SigningKeyState const& state, base::Timestamp now, std::chrono::seconds lifetime);

} // namespace bulla::service
