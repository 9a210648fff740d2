#include "opaque/password_key.hpp"

#include "base/big_endian.hpp"
#include "crypto/hash.hpp"

namespace bulla::opaque {

crypto::Ed25519KeyPair derive_password_key(Secret<64> const& export_key, base::ByteView network,
                                           base::ByteView label, std::uint32_t generation) {
    CHECK(network.size() == 32 && label.size() == 32);
    auto const seed = crypto::hkdf_expand<32>(export_key.expose(), {base::as_bytes("bulla/password-key/v1"),
                                                                    network, label, base::u32be(generation)});
    return crypto::Ed25519KeyPair::from_seed(seed);
}

} // namespace bulla::opaque
