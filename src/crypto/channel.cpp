#include "crypto/channel.hpp"

#include "crypto/random.hpp"

#include <sodium.h>

namespace bulla::crypto {
namespace {

using ChannelNonce = base::Bytes<struct ChannelNonceMeaning, crypto_box_NONCEBYTES>;

constexpr std::size_t overhead = ChannelNonce::size + crypto_box_MACBYTES;

} // namespace

ChannelKeyPair ChannelKeyPair::from_seed(Secret<32> const& seed) {
    std::array<std::uint8_t, ChannelPublicKey::size> public_key{};
    CHECK(crypto_scalarmult_base(public_key.data(), seed.expose().data()) == 0);
    return {ChannelPublicKey::from(public_key), seed.clone()};
}

std::optional<base::ByteBuffer> ChannelKeyPair::seal(ChannelPublicKey const& to, base::ByteView message,
                                                     base::Randomness& randomness) const {
    auto const nonce = random_bytes<ChannelNonce>(randomness);
    auto sealed = base::to_buffer(nonce);
    sealed.resize(overhead + message.size());
    if (crypto_box_easy(sealed.data() + ChannelNonce::size, message.data(), message.size(),
                        nonce.view().data(), to.view().data(), private_key_.expose().data()) != 0)
        return std::nullopt;
    return sealed;
}

std::optional<SecretBytes> ChannelKeyPair::open(ChannelPublicKey const& from, base::ByteView sealed) const {
    if (sealed.size() < overhead)
        return std::nullopt;
    SecretBytes message(sealed.size() - overhead);
    if (crypto_box_open_easy(message.writable().data(), sealed.data() + ChannelNonce::size,
                             sealed.size() - ChannelNonce::size, sealed.data(), from.view().data(),
                             private_key_.expose().data()) != 0)
        return std::nullopt;
    return message;
}

} // namespace bulla::crypto
