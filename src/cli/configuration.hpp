// The effective configuration: a TOML file, over it environment variables, over them flags
// (docs/configuration.md).
//
// An unknown section or key, a value of another type and a value out of range are refused with the place: the
// file and line, the variable, or the flag. Registration is open by default when the address listened on is a
// loopback one, and closed otherwise.
#pragma once

#include "base/result.hpp"
#include "cli/configuration_keys.hpp"

#include <filesystem>
#include <map>

namespace bulla::cli {

struct ConfigurationFault {
    std::string place; // "bulla.toml:12", "BULLA_SERVER_LISTEN", "--listen"
    std::string key; // "server.listen"; empty: the file as a whole
    std::string reason;
};
std::string print_fault(ConfigurationFault const& fault);

struct ConfigurationSources {
    struct File {
        std::string name; // as messages show it
        std::string text;
    };
    std::optional<File> file;
    std::map<std::string, std::string> environment; // variables that begin with BULLA_
    std::map<std::string, std::string> flags; // by the flag of a key, without the dashes
};

struct Configuration {
    service::Settings settings;
    std::map<std::string, std::string> places; // by full name: where the value came from; "default" included

    bool is_default(std::string_view full_name) const;
};

Result<Configuration, ConfigurationFault> read_configuration(ConfigurationSources const& sources);

// The configuration as a TOML file that reads back as the same, a comment behind each value saying where it
// came from.
std::string print_configuration(Configuration const& configuration);

// `chosen`: the file named by a flag, which must be there. Without: bulla.toml in the working directory, if
// any.
Result<std::optional<ConfigurationSources::File>, ConfigurationFault> load_configuration_file(
    std::optional<std::filesystem::path> const& chosen);
std::map<std::string, std::string> bulla_environment();

} // namespace bulla::cli
