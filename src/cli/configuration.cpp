#include "cli/configuration.hpp"

#include "base/encoding.hpp"
#include "cli/addresses.hpp"
#include "cli/toml_file.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace bulla::cli {
namespace {

constexpr std::string_view default_place = "default";
constexpr std::string_view standard_file = "bulla.toml";

std::unexpected<ConfigurationFault> refuse(std::string place, std::string key, std::string reason) {
    return std::unexpected{
        ConfigurationFault{.place = std::move(place), .key = std::move(key), .reason = std::move(reason)}};
}

ConfigurationKey const* find_key(std::string_view section, std::string_view name) {
    auto const keys = configuration_keys();
    auto const found = std::ranges::find_if(
        keys, [&](ConfigurationKey const& key) { return key.section == section && key.name == name; });
    return found == keys.end() ? nullptr : &*found;
}

bool is_section(std::string_view section) {
    return std::ranges::any_of(configuration_keys(), [&](auto const& key) { return key.section == section; });
}

Result<void, ConfigurationFault> set_value(Configuration& configuration, ConfigurationKey const& key,
                                           ConfiguredValue const& value, std::string const& place) {
    if (auto const refusal = key.set(configuration.settings, value))
        return refuse(place, full_name(key), *refusal);
    configuration.places[full_name(key)] = place;
    return {};
}

Result<void, ConfigurationFault> set_text(Configuration& configuration, ConfigurationKey const& key,
                                          std::string_view text, std::string const& place) {
    if (!base::is_utf8(text)) // what a file cannot say
        return refuse(place, full_name(key), "must be UTF-8");
    auto const value = parse_value(key.type, text);
    if (!value)
        return refuse(place, full_name(key), fmt::format("must be {}", describe(key.type)));
    return set_value(configuration, key, *value, place);
}

Result<void, ConfigurationFault> read_line(Configuration& configuration, TomlLine const& line,
                                           std::string const& place) {
    auto const name = line.section.empty() ? line.key : fmt::format("{}.{}", line.section, line.key);
    if (!line.section.empty() && !is_section(line.section))
        return refuse(place, line.section, "unknown section");
    if (line.key.empty())
        return {};
    auto const* const key = find_key(line.section, line.key);
    if (key == nullptr)
        return refuse(place, name, line.section.empty() ? "every key stands in a section" : "unknown key");
    if (!line.value || !has_type(*line.value, key->type))
        return refuse(place, name, fmt::format("must be {}", describe(key->type)));
    return set_value(configuration, *key, *line.value, place);
}

Result<void, ConfigurationFault> read_file(Configuration& configuration,
                                           ConfigurationSources::File const& file) {
    auto const lines = parse_toml(file.text);
    if (!lines)
        return refuse(fmt::format("{}:{}", file.name, lines.error().line), "", lines.error().reason);
    for (auto const& line : *lines)
        TRY(read_line(configuration, line, fmt::format("{}:{}", file.name, line.line)));
    return {};
}

// A variable that begins like a section's but names no key is a spelling mistake.
bool is_of_a_section(std::string_view variable) {
    return std::ranges::any_of(configuration_keys(), [&](ConfigurationKey const& key) {
        auto const name = variable_name(key);
        return variable.starts_with(std::string_view(name).substr(0, name.size() - key.name.size()));
    });
}

Result<void, ConfigurationFault> read_environment(Configuration& configuration,
                                                  std::map<std::string, std::string> const& environment) {
    for (auto const& [name, text] : environment) {
        auto const keys = configuration_keys();
        auto const key =
            std::ranges::find_if(keys, [&](auto const& each) { return variable_name(each) == name; });
        if (key != keys.end())
            TRY(set_text(configuration, *key, text, name));
        else if (is_of_a_section(name))
            return refuse(name, "", "unknown key");
    }
    return {};
}

Result<void, ConfigurationFault> read_flags(Configuration& configuration,
                                            std::map<std::string, std::string> const& flags) {
    for (auto const& key : configuration_keys()) {
        auto const flag = flags.find(std::string(key.flag));
        if (flag != flags.end())
            TRY(set_text(configuration, key, flag->second, fmt::format("--{}", key.flag)));
    }
    return {};
}

void choose_registration(Configuration& configuration) {
    if (!configuration.is_default("registration.mode"))
        return;
    auto const local = is_loopback(configuration.settings.listen_host);
    configuration.settings.registration =
        local ? service::RegistrationMode::open : service::RegistrationMode::closed;
    configuration.places["registration.mode"] =
        local ? "default for a loopback address" : "default for an address others can reach";
}

} // namespace

std::string print_fault(ConfigurationFault const& fault) {
    if (fault.key.empty())
        return fmt::format("{}: {}", fault.place, fault.reason);
    return fmt::format("{}: {}: {}", fault.place, fault.key, fault.reason);
}

bool Configuration::is_default(std::string_view full_name) const {
    return places.at(std::string(full_name)).starts_with(default_place);
}

Result<Configuration, ConfigurationFault> read_configuration(ConfigurationSources const& sources) {
    Configuration configuration;
    for (auto const& key : configuration_keys())
        configuration.places[full_name(key)] = default_place;
    if (sources.file)
        TRY(read_file(configuration, *sources.file));
    TRY(read_environment(configuration, sources.environment));
    TRY(read_flags(configuration, sources.flags));
    choose_registration(configuration);
    return configuration;
}

std::string print_configuration(Configuration const& configuration) {
    std::string printed;
    std::string_view section;
    for (auto const& key : configuration_keys()) {
        if (key.section != section)
            printed += fmt::format("{}[{}]\n", printed.empty() ? "" : "\n", key.section);
        section = key.section;
        printed += fmt::format("{} = {} # {}\n", key.name, print_toml(key.print(configuration.settings)),
                               configuration.places.at(full_name(key)));
    }
    return printed;
}

Result<std::optional<ConfigurationSources::File>, ConfigurationFault> load_configuration_file(
    std::optional<std::filesystem::path> const& chosen) {
    auto const path = chosen.value_or(standard_file);
    std::ifstream stream(path, std::ios::binary);
    if (!stream && !chosen && errno == ENOENT)
        return std::nullopt;
    std::stringstream text;
    if (stream && stream.peek() != std::char_traits<char>::eof()) // inserting nothing would be a failure
        text << stream.rdbuf();
    if (!stream || !text)
        return refuse(path.string(), "", fmt::format("cannot be read: {}", std::strerror(errno)));
    return ConfigurationSources::File{.name = path.string(), .text = text.str()};
}

std::map<std::string, std::string> bulla_environment() {
    std::map<std::string, std::string> variables;
    for (char** each = environ; *each != nullptr; ++each) {
        auto const variable = std::string_view(*each);
        auto const equals = variable.find('=');
        if (variable.starts_with("BULLA_") && equals != std::string_view::npos)
            variables.emplace(variable.substr(0, equals), variable.substr(equals + 1));
    }
    return variables;
}

} // namespace bulla::cli
