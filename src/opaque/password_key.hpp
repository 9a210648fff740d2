// The password key: the Ed25519 key that a client derives from OPAQUE's export_key and the ledger knows by
// its public half.
//
//   info = "bulla/password-key/v1" ‖ network[32] ‖ label[32] ‖ u32be(generation)
//   seed = HKDF-Expand-SHA-512(export_key, info, 32)
#pragma once

#include "crypto/ed25519.hpp"

namespace bulla::opaque {

crypto::Ed25519KeyPair derive_password_key(Secret<64> const& export_key, base::ByteView network,
                                           base::ByteView label, std::uint32_t generation);

} // namespace bulla::opaque
