#include "credential/recovery_code.hpp"

#include "credential/crockford.hpp"
#include "crypto/hash.hpp"
#include "crypto/random.hpp"

#include <optional>

namespace bulla::credential {
namespace {

constexpr std::size_t digits = recovery_code_symbols - 1;
constexpr std::size_t digit_bits = 5;
constexpr std::size_t group = 3;
constexpr unsigned check_modulus = 37;

// Bit 0 is the lowest of the last byte.
unsigned bit_of(std::span<std::uint8_t const, 16> bits, std::size_t place) {
    return place >= 128 ? 0 : (bits[15 - place / 8] >> (place % 8)) & 1U;
}

unsigned digit_of(std::span<std::uint8_t const, 16> bits, std::size_t place) {
    unsigned digit = 0;
    for (std::size_t bit = 0; bit < digit_bits; ++bit)
        digit |= bit_of(bits, digit_bits * place + bit) << bit;
    return digit;
}

unsigned check_of(std::span<std::uint8_t const, 16> bits) {
    unsigned rest = 0;
    for (auto const byte : bits)
        rest = (rest * 256 + byte) % check_modulus;
    return rest;
}

// The symbols' values without what people put between them; nothing: a symbol that is none, or another count.
std::optional<SecretBytes> read_symbols(base::ByteView text) {
    SecretBytes values(recovery_code_symbols);
    std::size_t count = 0;
    for (auto const character : text) {
        if (character == '-' || character == ' ')
            continue;
        auto const value = crockford_value(character);
        if (!value || count == recovery_code_symbols)
            return std::nullopt;
        values.writable()[count++] = static_cast<std::uint8_t>(*value);
    }
    if (count != recovery_code_symbols)
        return std::nullopt;
    return values;
}

} // namespace

RecoveryCode RecoveryCode::generate(base::Randomness& randomness) {
    return RecoveryCode(Secret<16>::make([&](base::ByteSpan bytes) { randomness.fill(bytes); }));
}

std::optional<RecoveryCode> RecoveryCode::parse(base::ByteView text) {
    auto const values = read_symbols(text);
    if (!values)
        return std::nullopt;
    auto const symbols_read = values->expose();
    bool is_number = symbols_read[0] < 8; // 26 symbols have two bits more than the number
    auto bits = Secret<16>::make([&](base::ByteSpan bytes) {
        std::ranges::fill(bytes, std::uint8_t{0});
        for (std::size_t place = 0; place < digits; ++place) {
            auto const digit = symbols_read[digits - 1 - place];
            is_number = is_number && digit < 32;
            for (std::size_t bit = 0; bit < digit_bits; ++bit)
                if (auto const at = digit_bits * place + bit; at < 128)
                    bytes[15 - at / 8] |= static_cast<std::uint8_t>(((digit >> bit) & 1U) << (at % 8));
        }
    });
    if (!is_number || check_of(bits.expose()) != symbols_read[digits])
        return std::nullopt;
    return RecoveryCode(std::move(bits));
}

SecretBytes RecoveryCode::print() const {
    SecretBytes text(recovery_code_symbols + (recovery_code_symbols - 1) / group);
    auto const out = text.writable();
    std::size_t at = 0;
    for (std::size_t place = 0; place < recovery_code_symbols; ++place) {
        if (place > 0 && place % group == 0)
            out[at++] = '-';
        auto const value =
            place < digits ? digit_of(bits_.expose(), digits - 1 - place) : check_of(bits_.expose());
        out[at++] = static_cast<std::uint8_t>(crockford_symbols[value]);
    }
    return text;
}

crypto::Ed25519KeyPair RecoveryCode::derive_key(base::ByteView network) const {
    auto const pseudorandom_key = crypto::hkdf_extract({}, {bits_.expose()});
    return crypto::Ed25519KeyPair::from_seed(crypto::hkdf_expand<32>(
        pseudorandom_key.expose(), {base::as_bytes("bulla/recovery-key/v1"), network}));
}

} // namespace bulla::credential
