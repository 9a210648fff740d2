// Argon2id version 0x13 (RFC 9106): the key stretching function of OPAQUE. Salt: 16 zero bytes, output: 64
// bytes (RFC 9807 §10.11: the input is already unique to account and key). libsodium has one lane only.
#pragma once

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

// The parameters must be acceptable and the input not empty: the caller knows. Nothing means that there was
// no memory: the caller answers "busy", never "wrong password".
std::optional<Secret<64>> argon2id(base::ByteView input, StretchingParameters const& parameters);

} // namespace bulla::crypto
