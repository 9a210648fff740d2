// Passwords before OPAQUE: PRECIS OpaqueString (RFC 8265 §4.2).
//
// Spaces other than ASCII's become U+0020, then NFC; the result is of the freeform class, so that it holds no
// control character and nothing unassigned. Case, width and the number of spaces stay. Every client prepares
// alike, or a password set in one would be wrong in another. All copies made on the way are wiped.
#pragma once

#include "base/result.hpp"
#include "base/secret.hpp"

namespace bulla::service {

inline constexpr std::size_t password_size_max = 4'096; // bytes, before and after preparation; never cut

enum class PasswordTextFault : unsigned char { empty, too_long, not_text };

Result<SecretBytes, PasswordTextFault> prepare_password(base::ByteView utf8);

} // namespace bulla::service
