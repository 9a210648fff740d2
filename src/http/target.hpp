// The request target (RFC 9112 §3.2): origin-form, absolute-form of http and https, and "*".
//
// Accepted are the characters of RFC 3986 alone; raw non-ASCII, fragments and backslashes are refused.
// Percent signs are well formed and, decoded, the target is UTF-8 without control characters. A path has no
// empty segment but the last, no "." or ".." segment however spelt, and no encoded "/" or "\".
#pragma once

#include "base/result.hpp"
#include "http/problem.hpp"

namespace bulla::http {

struct Target {
    std::string_view path;
    std::string_view query;
    std::optional<std::string_view> authority; // of the absolute-form, to be compared with Host
};

// Faults: request_malformed, uri_too_long.
Result<Target, Problem> parse_target(std::string_view text);

// host [ ":" port ] of RFC 9110 §7.2: a name, an IPv4 address or a bracketed IPv6 one; not empty, no user
// part.
bool is_host(std::string_view text);

// Decodes percent signs; nothing when one is malformed.
std::optional<std::string> percent_decode(std::string_view text);

} // namespace bulla::http
