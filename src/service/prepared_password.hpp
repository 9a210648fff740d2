// A password as OPAQUE takes it in: OpaqueString (RFC 8265 §4.2) applied once, in the client.
//
// Non-ASCII spaces become U+0020, then NFC; nothing is trimmed or cut. Nothing comes back for an empty password, one
// beyond 4,096 bytes, text that is not UTF-8, and control or unassigned characters.
#pragma once

#include "base/secret.hpp"

#include <optional>

namespace bulla::service {

inline constexpr std::size_t password_size_max = 4096;

std::optional<SecretBytes> prepare_password(base::ByteView typed);

} // namespace bulla::service
