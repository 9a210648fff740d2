// A configured value before it is a setting: what a TOML file, an environment variable or a flag can say.
//
//   text       "…" in TOML; as it stands elsewhere
//   number     a whole number
//   truth      true or false
//   list       an array of texts in TOML; separated by commas elsewhere, empty for none
//   duration   a text of digits and one unit, ms s m h d: "15m", "30d", "0s"
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace bulla::cli {

using TextList = std::vector<std::string>;
using ConfiguredValue = std::variant<std::string, std::int64_t, bool, TextList>;

enum class ValueType : std::uint8_t { text, number, truth, list, duration };

std::string_view describe(ValueType type); // "a text", "a duration such as \"15m\""

// A variable or flag read as the type; nothing when it is none.
std::optional<ConfiguredValue> parse_value(ValueType type, std::string_view text);
// A value out of a TOML file has the type asked for.
bool has_type(ConfiguredValue const& value, ValueType type);

// As TOML prints it.
std::string print_toml(ConfiguredValue const& value);

// Whole milliseconds; nothing when it is not of the form, or longer than 100 years.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
// The longest unit that divides it.
std::string print_duration(std::chrono::milliseconds duration);

} // namespace bulla::cli
