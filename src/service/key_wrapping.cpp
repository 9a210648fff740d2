#include "service/key_wrapping.hpp"

#include "base/big_endian.hpp"
#include "crypto/hash.hpp"

namespace bulla::service {
namespace {

using base::append;

constexpr std::size_t magic_size = 16;
constexpr std::string_view wrapping_magic = "bulla-wrapping-1";
constexpr std::string_view sealed_magic = "bulla-key-file-1";
static_assert(wrapping_magic.size() == magic_size && sealed_magic.size() == magic_size);

constexpr std::string_view wrapping_domain = "bulla/key-wrapping/v1";

// Takes the first bytes off.
base::ByteView take(base::ByteView& rest, std::size_t size) {
    auto const taken = rest.first(size);
    rest = rest.subspan(size);
    return taken;
}
std::uint32_t take_u32(base::ByteView& rest) {
    return base::load_big_endian<std::uint32_t>(take(rest, 4));
}

// magic[16] ‖ memory in KiB u32be ‖ passes u32be ‖ lanes u32be ‖ salt[16] ‖ AEAD nonce[12]
base::ByteBuffer encode_head(Wrapping const& wrapping) {
    auto head = base::to_buffer(base::as_bytes(wrapping_magic));
    append(head, base::u32be(wrapping.stretching.memory_kib));
    append(head, base::u32be(wrapping.stretching.passes));
    append(head, base::u32be(wrapping.stretching.lanes));
    append(head, wrapping.salt);
    append(head, wrapping.aead_nonce);
    return head;
}

Result<crypto::AeadKey, UnwrapFault> derive(base::ByteView passphrase, Wrapping const& wrapping) {
    auto const stretched = crypto::argon2id(passphrase, wrapping.salt, wrapping.stretching);
    if (!stretched)
        return std::unexpected{UnwrapFault::no_memory};
    return crypto::hkdf_expand<32>(stretched->expose(), {base::as_bytes(wrapping_domain)});
}

// magic[16] ‖ the file's name
base::ByteBuffer associated_bytes(std::string_view name) {
    auto associated = base::to_buffer(base::as_bytes(sealed_magic));
    append(associated, base::as_bytes(name));
    return associated;
}

} // namespace

base::ByteBuffer encode(Wrapping const& wrapping) {
    auto file = encode_head(wrapping);
    append(file, wrapping.wrapped_key);
    CHECK(file.size() == wrapping_size);
    return file;
}

std::optional<Wrapping> parse_wrapping(base::ByteView file) {
    if (file.size() != wrapping_size ||
        !std::ranges::equal(take(file, magic_size), base::as_bytes(wrapping_magic)))
        return std::nullopt;
    Wrapping wrapping;
    wrapping.stretching.memory_kib = take_u32(file);
    wrapping.stretching.passes = take_u32(file);
    wrapping.stretching.lanes = take_u32(file);
    wrapping.salt = decltype(wrapping.salt)::from(take(file, wrapping.salt.size));
    wrapping.aead_nonce = crypto::AeadNonce::from(take(file, wrapping.aead_nonce.size));
    wrapping.wrapped_key = decltype(wrapping.wrapped_key)::from(file);
    return is_acceptable(wrapping.stretching) ? std::optional(wrapping) : std::nullopt;
}

Result<Wrapping, UnwrapFault> wrap(crypto::AeadKey const& wrapping_key, base::ByteView passphrase,
                                   crypto::StretchingParameters const& stretching,
                                   base::Randomness& randomness) {
    Wrapping wrapping{.stretching = stretching, .salt = {}, .aead_nonce = {}, .wrapped_key = {}};
    randomness.fill(wrapping.salt.writable());
    randomness.fill(wrapping.aead_nonce.writable());
    auto const key = TRY(derive(passphrase, wrapping));
    wrapping.wrapped_key = decltype(wrapping.wrapped_key)::from(
        crypto::seal(key, wrapping.aead_nonce, encode_head(wrapping), wrapping_key.expose()));
    return wrapping;
}

Result<crypto::AeadKey, UnwrapFault> unwrap(Wrapping const& wrapping, base::ByteView passphrase) {
    auto const key = TRY(derive(passphrase, wrapping));
    auto const opened = crypto::open(key, wrapping.aead_nonce, encode_head(wrapping), wrapping.wrapped_key);
    if (!opened)
        return std::unexpected{UnwrapFault::refused};
    return crypto::AeadKey::from(opened->expose());
}

base::ByteBuffer seal_key(crypto::AeadKey const& wrapping_key, std::string_view name, base::ByteView key,
                          base::Randomness& randomness) {
    crypto::AeadNonce aead_nonce;
    randomness.fill(aead_nonce.writable());
    auto file = base::to_buffer(base::as_bytes(sealed_magic));
    append(file, aead_nonce);
    append(file, crypto::seal(wrapping_key, aead_nonce, associated_bytes(name), key));
    CHECK(file.size() == sealed_size(key.size()));
    return file;
}

std::optional<SecretBytes> open_key(crypto::AeadKey const& wrapping_key, std::string_view name,
                                    base::ByteView file) {
    if (file.size() < sealed_size(0) ||
        !std::ranges::equal(take(file, magic_size), base::as_bytes(sealed_magic)))
        return std::nullopt;
    auto const aead_nonce = crypto::AeadNonce::from(take(file, crypto::AeadNonce::size));
    return crypto::open(wrapping_key, aead_nonce, associated_bytes(name), file);
}

} // namespace bulla::service
