// A statement that brings a password to an account that exists: its first one (add_credential), or another in
// the place of the present one (replace_credential).
#pragma once

#include "ledger/entry.hpp"

#include <optional>

namespace bulla::service {

struct PasswordStatement {
    ledger::EntryKind kind = ledger::EntryKind::replace_credential;
    ledger::AccountPart asks;
    ledger::NewCredential credential; // a password
};

// None: it is no statement of the two kinds, or what it brings is no password.
std::optional<PasswordStatement> decode_password_statement(base::ByteView statement);

} // namespace bulla::service
