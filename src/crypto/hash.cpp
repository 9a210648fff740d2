// OpenSSL's one-shot interface costs a table look-up and an allocation a call, several times the hash of a
// tree node; its older interface costs neither and uses the processor's SHA instructions.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "crypto/hash.hpp"

#include <openssl/sha.h>
#include <sodium.h>

namespace bulla::crypto {
namespace {

// libsodium's contexts hold secrets: they are wiped on every way out.
class Sha512State {
public:
    Sha512State() { crypto_hash_sha512_init(&state_); }
    ~Sha512State() { sodium_memzero(&state_, sizeof state_); }
    Sha512State(Sha512State const&) = delete;
    Sha512State& operator=(Sha512State const&) = delete;

    void update(Parts parts) {
        for (auto const part : parts)
            crypto_hash_sha512_update(&state_, part.data(), part.size());
    }
    void finish(base::ByteSpan digest) { crypto_hash_sha512_final(&state_, digest.data()); }

private:
    crypto_hash_sha512_state state_;
};

class HmacSha512State {
public:
    explicit HmacSha512State(base::ByteView key) {
        constexpr std::uint8_t nothing =
            0; // an empty view may point nowhere, which libsodium forbids for a key
        crypto_auth_hmacsha512_init(&state_, key.empty() ? &nothing : key.data(), key.size());
    }
    ~HmacSha512State() { sodium_memzero(&state_, sizeof state_); }
    HmacSha512State(HmacSha512State const&) = delete;
    HmacSha512State& operator=(HmacSha512State const&) = delete;

    void update(base::ByteView part) { crypto_auth_hmacsha512_update(&state_, part.data(), part.size()); }
    void update(Parts parts) {
        for (auto const part : parts)
            update(part);
    }
    Secret<64> finish() {
        return Secret<64>::make(
            [&](base::ByteSpan mac) { crypto_auth_hmacsha512_final(&state_, mac.data()); });
    }

private:
    crypto_auth_hmacsha512_state state_;
};

} // namespace

Sha256Digest sha256(Parts parts) {
    SHA256_CTX state;
    SHA256_Init(&state);
    for (auto const part : parts)
        SHA256_Update(&state, part.data(), part.size());
    Sha256Digest digest;
    SHA256_Final(digest.writable().data(), &state);
    return digest;
}

Sha512Digest sha512(Parts parts) {
    Sha512State state;
    state.update(parts);
    Sha512Digest digest;
    state.finish(digest.writable());
    return digest;
}

Secret<64> sha512_secret(Parts parts) {
    Sha512State state;
    state.update(parts);
    return Secret<64>::make([&](base::ByteSpan digest) { state.finish(digest); });
}

Secret<64> hmac_sha512(base::ByteView key, Parts parts) {
    HmacSha512State state(key);
    state.update(parts);
    return state.finish();
}

Secret<64> hkdf_extract(base::ByteView salt, Parts input_key_material) {
    return hmac_sha512(salt, input_key_material);
}

SecretBytes hkdf_expand(base::ByteView pseudorandom_key, Parts info, std::size_t size) {
    constexpr std::size_t block_size = 64;
    CHECK(size <= 255 * block_size);
    SecretBytes output(size);
    base::ByteView previous;
    for (std::size_t start = 0; start < size; start += block_size) {
        HmacSha512State state(pseudorandom_key);
        state.update(previous);
        state.update(info);
        auto const counter = static_cast<std::uint8_t>(start / block_size + 1);
        state.update({&counter, 1});
        auto const block = state.finish();
        auto const part = output.writable().subspan(start, std::min(block_size, size - start));
        std::ranges::copy(block.expose().first(part.size()), part.begin());
        previous = part; // only the last block is shorter, and nothing follows it
    }
    return output;
}

} // namespace bulla::crypto
