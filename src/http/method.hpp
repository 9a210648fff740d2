// The request methods this server knows (RFC 9110 §9; PATCH: RFC 5789). Anything else is answered 501.
#pragma once

#include <optional>
#include <string_view>

namespace bulla::http {

enum class Method { get, head, post, put, patch, delete_, options, trace };

std::string_view method_text(Method method);

// Case counts, as RFC 9110 §9.1 has it.
std::optional<Method> parse_method(std::string_view text);

} // namespace bulla::http
