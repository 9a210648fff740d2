#include "http/ledger_names.hpp"

#include "base/check.hpp"

namespace bulla::http {

std::string_view kind_name(ledger::CredentialKind kind) {
    switch (kind) {
    case ledger::CredentialKind::password: return "password";
    case ledger::CredentialKind::passkey: return "passkey";
    case ledger::CredentialKind::device_key: return "device_key";
    case ledger::CredentialKind::recovery_key: return "recovery_key";
    case ledger::CredentialKind::ssh_key: return "ssh_key";
    }
    CHECK_UNREACHABLE();
}

std::string_view status_name(ledger::AccountStatus status) {
    switch (status) {
    case ledger::AccountStatus::active: return "active";
    case ledger::AccountStatus::suspended: return "suspended";
    case ledger::AccountStatus::erased:
    case ledger::AccountStatus::erased_closed: return "erased";
    }
    CHECK_UNREACHABLE();
}

} // namespace bulla::http
