// What the service answers instead of a value. Outside, http turns it into a status and a sentence; faults
// that an attacker could tell apart are one enumerator here already.
#pragma once

#include "base/result.hpp"
#include "ledger/rejection.hpp"

#include <chrono>
#include <optional>

namespace bulla::service {

enum class ServiceFaultKind : std::uint8_t {
    invalid_username,      // no name can look like this
    reserved_username,
    username_taken,
    registration_closed,
    weak_password,         // see `weakness`
    malformed,             // a message that does not decode
    login_refused,         // wrong name, password, state, statement or evidence: one answer
    wait,                  // limits: see retry_after
    unknown_request,       // a registration or change id that is unknown, used or expired
    unknown_credential,    // none of this account
    conflict,              // the account changed meanwhile: start again
    refused,               // the ledger's rules refuse the entry: see `rejection`
    plain_form_disabled,
    busy,                  // no capacity: see retry_after
    no_space,              // the disk is full
    outcome_unknown,       // the entry may still be ordered
    internal,              // the machine's fault; logged
};

enum class PasswordWeakness : std::uint8_t { too_short, too_long, common, is_username, repeated, not_text };

struct ServiceFault {
    ServiceFaultKind kind = ServiceFaultKind::internal;
    std::optional<std::chrono::seconds> retry_after = std::nullopt;
    std::optional<ledger::Rejection> rejection = std::nullopt;
    std::optional<PasswordWeakness> weakness = std::nullopt;
};

template <class T>
using Served = Result<T, ServiceFault>;

inline std::unexpected<ServiceFault> refuse(ServiceFaultKind kind) {
    return std::unexpected{ServiceFault{.kind = kind}};
}

} // namespace bulla::service
