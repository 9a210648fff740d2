// Argon2id version 0x13 (RFC 9106), output 64 bytes. libsodium has one lane only.
#pragma once

#include "base/bytes.hpp"
#include "base/secret.hpp"

#include <compare>
#include <cstdint>
#include <optional>

namespace bulla::crypto {

struct StretchingParameters {
    std::uint32_t memory_kib = 65536;
    std::uint32_t passes = 3;
    std::uint32_t lanes = 1;
    friend bool operator==(StretchingParameters const&, StretchingParameters const&) = default;
};

// One lane, 19 MiB ≤ memory ≤ 1 GiB, 1 ≤ passes ≤ 10, memory · passes at least that of 19 MiB and two
// passes.
bool is_acceptable(StretchingParameters const& parameters);

using Argon2idSalt = base::Bytes<struct Argon2idSaltMeaning, 16>;

// For both: the parameters must be acceptable and the input not empty, the caller knows. Nothing means that
// there was no memory: the caller answers "busy", never "wrong password".
//
// The key stretching function of OPAQUE: 16 zero bytes of salt (RFC 9807 §10.11: the input, an OPRF output,
// is already unique to account and key).
std::optional<Secret<64>> argon2id(base::ByteView input, StretchingParameters const& parameters);
// For what a person chose, and a salt of its own.
std::optional<Secret<64>> argon2id(base::ByteView input, Argon2idSalt const& salt,
                                   StretchingParameters const& parameters);

} // namespace bulla::crypto
