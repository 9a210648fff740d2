// Text forms of bytes, with one spelling each: every parser accepts only what the encoder here would print.
//
//   hex         lower case, even length
//   base64      RFC 4648 §4, padded, unused bits zero
//   base64url   RFC 4648 §5, without padding, unused bits zero
#pragma once

#include "base/bytes.hpp"

namespace bulla::base {

std::string to_hex(ByteView bytes);
std::optional<ByteBuffer> parse_hex(std::string_view text);

std::string to_base64(ByteView bytes);
std::optional<ByteBuffer> parse_base64(std::string_view text);

std::string to_base64url(ByteView bytes);
std::optional<ByteBuffer> parse_base64url(std::string_view text);

// Unsigned decimal without sign or leading zero; nothing when it is not one or does not fit 64 bits.
std::optional<std::uint64_t> parse_decimal(std::string_view text);

// RFC 3629: no overlong form, no surrogate, nothing beyond U+10FFFF.
bool is_utf8(std::string_view text);

} // namespace bulla::base
