// Sealed login parameters: what a client needs to sign its login statement, readable only after OPAQUE
// succeeded.
//
//   key       = HKDF-Expand-SHA-512(session_key, "bulla/login-parameters/v1", 32)
//   plaintext = u16be(length) ‖ parameters ‖ zeros, 512 bytes
//   sealed    = AES-256-GCM(key, nonce = 12 zero bytes, aad = SHA-256(KE1 ‖ KE2), plaintext): 528 bytes
//
// The key is used once, since the session key is fresh. An unknown name gets the same over no parameters.
#pragma once

#include "base/bytes.hpp"
#include "base/secret.hpp"

#include <optional>

namespace bulla::opaque {

inline constexpr std::size_t login_parameters_size_max = 510;
inline constexpr std::size_t sealed_parameters_size = 528;

base::ByteBuffer seal_login_parameters(base::ByteView parameters, Secret<64> const& session_key,
                                       base::ByteView ke1, base::ByteView ke2);

// Nothing when it does not open, or its padding is not zeros.
std::optional<SecretBytes> open_login_parameters(base::ByteView sealed, Secret<64> const& session_key,
                                                 base::ByteView ke1, base::ByteView ke2);

} // namespace bulla::opaque
