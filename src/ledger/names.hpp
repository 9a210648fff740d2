// What kinds and states of the ledger are called where people and programs read of them: by HTTP, and by the
// command line. Consensus knows their numbers alone.
#pragma once

#include "ledger/account.hpp"
#include "ledger/act.hpp"
#include "ledger/entry.hpp"

#include <string_view>

namespace bulla::ledger {

std::string_view name_of(EntryKind kind);       // "register", "add_credential", …
std::string_view name_of(CredentialKind kind);  // "password", "passkey", …
std::string_view name_of(AccountStatus status); // "active", "suspended", "erased", "erased_closed"
std::string_view name_of(Act const& act);       // "suspend", "grant_operator", …

} // namespace bulla::ledger
