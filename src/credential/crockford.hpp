// Crockford's base32: what people read to each other and type (recovery codes, numbers of requests,
// fingerprints).
//
//   spelling   five bits a symbol, the highest first, in groups of four with hyphens: "ABCD-EFGH"
//
// Read in any case, hyphens and spaces anywhere; O for 0, I and L for 1.
#pragma once

#include "credential/credential.hpp"

#include <optional>
#include <string>

namespace bulla::credential {

// The last five: check symbols alone.
inline constexpr std::string_view crockford_symbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U";

std::optional<unsigned> crockford_value(std::uint8_t character);

// Whole symbols: the bytes' bits are a multiple of five.
std::string spell(base::ByteView bytes);
// Nothing: another length, or another symbol.
std::optional<base::ByteBuffer> parse_spelling(std::string_view text, std::size_t size);

// The first 80 bits of a credential's id, 16 symbols. Two people who read the same one to each other mean the
// same key of the same account: to make another key with it costs 2^80 tries.
inline constexpr std::size_t fingerprint_size = 10;
std::string fingerprint(CredentialId const& credential);

} // namespace bulla::credential
