#include "opaque/login_parameters.hpp"

#include "base/big_endian.hpp"
#include "crypto/aead.hpp"
#include "crypto/hash.hpp"

namespace bulla::opaque {
namespace {

constexpr std::size_t plaintext_size = 512;

crypto::AeadKey sealing_key(Secret<64> const& session_key) {
    return crypto::hkdf_expand<32>(session_key.expose(), {base::as_bytes("bulla/login-parameters/v1")});
}

} // namespace

base::ByteBuffer seal_login_parameters(base::ByteView parameters, Secret<64> const& session_key,
                                       base::ByteView ke1, base::ByteView ke2) {
    CHECK(parameters.size() <= login_parameters_size_max);
    auto plaintext = base::concat(base::u16be(static_cast<std::uint16_t>(parameters.size())), parameters);
    plaintext.resize(plaintext_size);
    return crypto::seal(sealing_key(session_key), {}, crypto::sha256({ke1, ke2}), plaintext);
}

std::optional<SecretBytes> open_login_parameters(base::ByteView sealed, Secret<64> const& session_key,
                                                 base::ByteView ke1, base::ByteView ke2) {
    if (sealed.size() != sealed_parameters_size)
        return std::nullopt;
    auto const opened = crypto::open(sealing_key(session_key), {}, crypto::sha256({ke1, ke2}), sealed);
    if (!opened)
        return std::nullopt;
    auto const plaintext = opened->expose();
    auto const size = base::load_big_endian<std::uint16_t>(plaintext);
    if (size > login_parameters_size_max)
        return std::nullopt;
    auto const padding = plaintext.subspan(2uz + size);
    if (!std::ranges::all_of(padding, [](std::uint8_t byte) { return byte == 0; }))
        return std::nullopt;
    return SecretBytes::from(plaintext.subspan(2, size));
}

} // namespace bulla::opaque
