// Which new passwords are too weak. Run where the password is seen: on clients, and on the plain form route.
//
// The length counts code points: at least 8, or 15 under the `nist` policy (NIST SP 800-63B). No rule asks
// for kinds of characters. Refused are passwords from a list of those most often found in leaks (ASCII case
// ignored), the account's own name with little more, short patterns repeated, and runs such as abcdefgh or
// 87654321.
#pragma once

#include "base/secret.hpp"
#include "ledger/types.hpp"
#include "service/fault.hpp"
#include "service/username.hpp"

namespace bulla::service {

inline constexpr std::size_t password_length_min = 8;
inline constexpr std::size_t password_length_min_nist = 15;

// Nothing: strong enough. The password is a prepared one. DEVIATION from the rule that functions of secrets
// take constant time: this one sees a password that its owner may still change, and says itself what it
// found.
std::optional<PasswordWeakness> find_weakness(SecretBytes const& password, Username const& username,
                                              ledger::PasswordPolicy policy);

// Whether the list holds this text, which is in lower case.
bool is_common_password_vartime(std::string_view lower_case);

} // namespace bulla::service
