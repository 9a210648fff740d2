// What a token may hold. Everything beyond is refused before any work on it (RFC 8725 §3.11).
#pragma once

#include <chrono>
#include <cstddef>

namespace bulla::token {

inline constexpr std::size_t token_size_max = 8'192; // bytes of the compact form
inline constexpr std::size_t json_depth_max = 8;     // nested objects and arrays, the outermost counted
inline constexpr std::chrono::seconds token_lifetime_max{86'400};

} // namespace bulla::token
