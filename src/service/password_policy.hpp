// Whether a prepared password is good enough by the network's policy. Runs in the client, and here for the plain form.
#pragma once

#include "base/secret.hpp"
#include "ledger/types.hpp"
#include "service/fault.hpp"
#include "service/username.hpp"

namespace bulla::service {

// At least 8 code points, 15 under `nist`; not among the common passwords; not the account's name; not one character
// repeated, nor a run such as abcdefgh or 87654321. Nothing: good enough.
std::optional<PasswordWeakness> find_weakness(SecretBytes const& prepared, Username const& username,
                                              ledger::PasswordPolicy policy);

// Sorted, lower case; widely known from published breaches.
std::span<std::string_view const> common_passwords();

} // namespace bulla::service
