// Every key that can be configured: its name, its type, its flag, and how it becomes a setting.
// docs/configuration.md lists the same keys for people; a test compares the two.
#pragma once

#include "cli/configuration_value.hpp"
#include "service/settings.hpp"

#include <span>

namespace bulla::cli {

struct ConfigurationKey {
    std::string_view section;
    std::string_view name;
    ValueType type;
    std::string_view flag; // without the dashes
    std::string_view help; // one line, for --help and --print-config
    // Nothing: the value was good and is set. Else the reason why it was refused. The value has the type.
    std::optional<std::string> (*set)(service::Settings& settings, ConfiguredValue const& value);
    ConfiguredValue (*print)(service::Settings const& settings);
};

std::span<ConfigurationKey const> configuration_keys();

std::string variable_name(ConfigurationKey const& key); // BULLA_SECTION_NAME
std::string full_name(ConfigurationKey const& key); // section.name

} // namespace bulla::cli
