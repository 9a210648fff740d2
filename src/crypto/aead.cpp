#include "crypto/aead.hpp"

#include "base/handle.hpp"

#include <openssl/evp.h>

#include <limits>
#include <utility>

namespace bulla::crypto {
namespace {

using Cipher = base::Handle<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;

int int_size(base::ByteView bytes) {
    CHECK(bytes.size() <= std::numeric_limits<int>::max());
    return static_cast<int>(bytes.size());
}

enum class Direction { decrypt = 0, encrypt = 1 };

// A context with key and AEAD nonce set and the associated bytes read.
Cipher begin(Direction direction, AeadKey const& key, AeadNonce const& aead_nonce,
             base::ByteView associated) {
    Cipher cipher(EVP_CIPHER_CTX_new());
    CHECK(cipher);
    CHECK(EVP_CipherInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key.expose().data(),
                            aead_nonce.view().data(), std::to_underlying(direction)) == 1);
    int written = 0;
    CHECK(associated.empty() ||
          EVP_CipherUpdate(cipher.get(), nullptr, &written, associated.data(), int_size(associated)) == 1);
    return cipher;
}

void transform(Cipher const& cipher, base::ByteView input, base::ByteSpan output) {
    int written = 0;
    CHECK(input.empty() ||
          EVP_CipherUpdate(cipher.get(), output.data(), &written, input.data(), int_size(input)) == 1);
    CHECK(static_cast<std::size_t>(written) == input.size());
}

} // namespace

base::ByteBuffer seal(AeadKey const& key, AeadNonce const& aead_nonce, base::ByteView associated,
                      base::ByteView plaintext) {
    auto const cipher = begin(Direction::encrypt, key, aead_nonce, associated);
    base::ByteBuffer sealed(plaintext.size() + aead_tag_size);
    transform(cipher, plaintext, sealed);
    auto const tag = base::ByteSpan(sealed).subspan(plaintext.size());
    int written = 0;
    CHECK(EVP_CipherFinal_ex(cipher.get(), tag.data(), &written) == 1 && written == 0);
    CHECK(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_GET_TAG, aead_tag_size, tag.data()) == 1);
    return sealed;
}

std::optional<SecretBytes> open(AeadKey const& key, AeadNonce const& aead_nonce, base::ByteView associated,
                                base::ByteView sealed) {
    if (sealed.size() < aead_tag_size)
        return std::nullopt;
    auto const ciphertext = sealed.first(sealed.size() - aead_tag_size);
    auto tag = base::to_buffer(sealed.last(aead_tag_size)); // OpenSSL wants it writable
    auto const cipher = begin(Direction::decrypt, key, aead_nonce, associated);
    SecretBytes plaintext(ciphertext.size());
    transform(cipher, ciphertext, plaintext.writable());
    CHECK(EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_AEAD_SET_TAG, aead_tag_size, tag.data()) == 1);
    std::array<std::uint8_t, aead_tag_size> rest{};
    int written = 0;
    if (EVP_CipherFinal_ex(cipher.get(), rest.data(), &written) != 1)
        return std::nullopt; // the plaintext is wiped with its owner
    return plaintext;
}

} // namespace bulla::crypto
