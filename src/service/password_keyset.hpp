// Which keyset a password is checked or made with (docs/decisions/0042).
//
// A node that lacks one of the policy's keysets answers no password at all, known and unknown names alike.
#pragma once

#include "opaque/server.hpp"
#include "service/fault.hpp"
#include "service/ground.hpp"

namespace bulla::service {

struct PasswordKeyset {
    std::uint32_t number = 1;
    std::shared_ptr<KeysetKeys const> keys;
};

// New passwords are made under it.
Served<PasswordKeyset> newest_keyset(Ground const& ground);
Served<PasswordKeyset> find_keyset(Ground const& ground, std::uint32_t number);

crypto::Scalar account_key(Ground const& ground, PasswordKeyset const& keyset, ledger::Label const& label);
opaque::RegistrationResponse evaluate_password(Ground const& ground, PasswordKeyset const& keyset,
                                               opaque::RegistrationRequest const& request,
                                               ledger::Label const& label);

} // namespace bulla::service
