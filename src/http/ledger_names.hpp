// What kinds and states of the ledger are called in JSON.
#pragma once

#include "ledger/account.hpp"

#include <string_view>

namespace bulla::http {

std::string_view kind_name(ledger::CredentialKind kind); // "password", "passkey", …
std::string_view status_name(ledger::AccountStatus status); // "active", "suspended", "erased"

} // namespace bulla::http
