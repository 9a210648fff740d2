// JSON objects (RFC 8259) with one reading only.
//
// Refused, beside what is no JSON: a member name twice in one object (also spelled with escapes), invalid
// UTF-8, a lone surrogate, U+0000 in a name or string, a byte order mark, nesting beyond json_depth_max, and
// anything but an object at the outside. Boost.JSON alone would keep the last of two members of one name.
#pragma once

#include "base/result.hpp"

#include <boost/json/object.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace bulla::token {

enum class JsonFault { not_json, not_an_object, duplicate_member, null_character };

Result<boost::json::object, JsonFault> parse_strict_object(std::string_view text);

// A member of one type; nothing when it is absent or of another type. The view lives as long as the object.
std::optional<std::string_view> find_string(boost::json::object const& object, std::string_view name);

// A NumericDate (RFC 7519 §2) as we print it: an integer from 0 to 2⁵³ − 1. 1.0 and 1e9 are none.
std::optional<std::chrono::sys_seconds> find_time(boost::json::object const& object, std::string_view name);

} // namespace bulla::token
