// A configuration file as a flat list of its values. Sections are one level deep: [section] key = value.
#pragma once

#include "base/result.hpp"
#include "cli/configuration_value.hpp"

namespace bulla::cli {

struct TomlLine {
    std::string section; // empty: a key outside any section
    std::string key;     // empty: a section without keys
    std::optional<ConfiguredValue> value; // nothing: of a type that no key has, such as a date or a table
    std::size_t line = 0; // from 1
};

struct TomlFault {
    std::size_t line = 0;
    std::string reason;
};

Result<std::vector<TomlLine>, TomlFault> parse_toml(std::string_view text);

} // namespace bulla::cli
