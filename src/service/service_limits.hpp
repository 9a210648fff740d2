// The maxima of the service's tables, and how long their rows live.
#pragma once

#include <chrono>
#include <cstddef>

namespace bulla::service {

inline constexpr std::size_t pending_registrations_max = 100'000;
inline constexpr std::size_t pending_logins_max = 100'000;
inline constexpr std::size_t pending_changes_max = 10'000;
inline constexpr std::size_t pending_recoveries_max = 10'000;
inline constexpr std::ptrdiff_t credential_name_max = 64; // code points
inline constexpr std::size_t seen_tokens_max = 200'000;

inline constexpr std::chrono::minutes pending_registration_lifetime{5};
inline constexpr std::chrono::seconds pending_login_lifetime{60};
inline constexpr std::chrono::seconds pending_key_login_lifetime{
    120}; // a person may run ssh-keygen meanwhile

// How long the begin statement of a recovery by operators is good: as long as a proposed change, and a day to
// propose it.
inline constexpr std::chrono::hours requested_begin_validity{31 * 24};

inline constexpr std::chrono::seconds argon2_wait_max{1};

} // namespace bulla::service
