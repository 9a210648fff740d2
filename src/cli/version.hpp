#pragma once

#include <string_view>

namespace bulla::cli {

inline constexpr std::string_view version = "0.1.0";

} // namespace bulla::cli
