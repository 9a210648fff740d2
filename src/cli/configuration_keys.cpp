#include "cli/configuration_keys.hpp"

#include "base/bytes.hpp"
#include "base/encoding.hpp"
#include "cli/addresses.hpp"
#include "merkle/note.hpp"
#include "net/limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace bulla::cli {
namespace {

using service::Settings;
using std::chrono::seconds;
using Refusal = std::optional<std::string>;

// The policy at genesis allows a token a day at most.
constexpr std::chrono::hours token_lifetime_max{24};
constexpr std::chrono::days delay_max{29}; // a proposed change lives for 30
constexpr std::chrono::days session_lifetime_max{3650};
constexpr std::chrono::minutes drain_max{5};
constexpr std::int64_t snapshot_every_max = 1'000'000'000;
// A key that was followed by another verifies for a day; a third one has no place meanwhile.
constexpr std::chrono::days signing_key_lifetime_min{2};
constexpr std::chrono::days signing_key_lifetime_max{3650};

std::string const& text_of(ConfiguredValue const& value) {
    return std::get<std::string>(value);
}

Refusal set_listen(Settings& settings, ConfiguredValue const& value) {
    auto const address = parse_listen_address(text_of(value));
    if (!address)
        return "must be HOST:PORT with an IP address or localhost, e.g. \"127.0.0.1:8080\" or \"[::1]:8080\"";
    settings.listen_host = address->host;
    settings.listen_port = address->port;
    return std::nullopt;
}

Refusal set_data(Settings& settings, ConfiguredValue const& value) {
    if (text_of(value).empty() || text_of(value).contains('\0'))
        return "must be the path of a directory";
    settings.data = text_of(value);
    return std::nullopt;
}

Refusal set_trusted_proxies(Settings& settings, ConfiguredValue const& value) {
    auto const& list = std::get<TextList>(value);
    for (auto const& item : list)
        if (!is_ip_address(item))
            return fmt::format("\"{}\" is not an IP address", item);
    settings.trusted_proxies = list;
    return std::nullopt;
}

Refusal set_count(std::size_t& setting, ConfiguredValue const& value, std::size_t maximum) {
    auto const number = std::get<std::int64_t>(value);
    if (number < 0 || static_cast<std::uint64_t>(number) > maximum)
        return fmt::format("must be 0 (one a core) to {}", maximum);
    setting = static_cast<std::size_t>(number);
    return std::nullopt;
}

Refusal set_snapshot_every(Settings& settings, ConfiguredValue const& value) {
    auto const number = std::get<std::int64_t>(value);
    if (number < 0 || number > snapshot_every_max)
        return fmt::format("must be 0 (none) to {} heights of the engine", snapshot_every_max);
    settings.snapshot_every = static_cast<std::uint64_t>(number);
    return std::nullopt;
}

Refusal set_file(std::filesystem::path& setting, ConfiguredValue const& value) {
    if (text_of(value).contains('\0'))
        return "must be the path of a file";
    setting = text_of(value);
    return std::nullopt;
}

Refusal set_address(std::string& setting, ConfiguredValue const& value) {
    if (!text_of(value).empty() && !parse_listen_address(text_of(value)))
        return "must be HOST:PORT, the host an IP address; empty: as the node list has it";
    setting = text_of(value);
    return std::nullopt;
}

Refusal set_issuer(Settings& settings, ConfiguredValue const& value) {
    if (!is_issuer(text_of(value)))
        return "must be a URL of scheme http or https without query, fragment and a slash at the end";
    settings.issuer = text_of(value);
    return std::nullopt;
}

Refusal set_log_origin(Settings& settings, ConfiguredValue const& value) {
    if (!text_of(value).empty() && !merkle::is_key_name(text_of(value)))
        return "must be a name without spaces, '+' and control characters, at most 255 bytes; empty: from "
               "the issuer";
    settings.log_origin = text_of(value);
    return std::nullopt;
}

Refusal set_passwords(Settings& settings, ConfiguredValue const& value) {
    if (text_of(value) != "standard" && text_of(value) != "nist")
        return "must be \"standard\" or \"nist\"";
    settings.passwords =
        text_of(value) == "nist" ? ledger::PasswordPolicy::nist : ledger::PasswordPolicy::standard;
    return std::nullopt;
}

Refusal set_scripts(Settings& settings, ConfiguredValue const& value) {
    auto const& list = std::get<TextList>(value);
    auto const is_letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    };
    if (list.size() > 1)
        return "must name one Unicode script at most: look-alikes across scripts must not arise";
    if (list.size() == 1 && (list[0].empty() || !std::ranges::all_of(list[0], is_letter)))
        return "must be the name of a Unicode script, e.g. \"Cyrillic\"";
    settings.scripts = list;
    return std::nullopt;
}

Refusal set_registration(Settings& settings, ConfiguredValue const& value) {
    if (text_of(value) != "open" && text_of(value) != "closed")
        return "must be \"open\" or \"closed\"";
    settings.registration =
        text_of(value) == "open" ? service::RegistrationMode::open : service::RegistrationMode::closed;
    return std::nullopt;
}

Refusal set_plain_form(Settings& settings, ConfiguredValue const& value) {
    settings.plain_form =
        std::get<bool>(value) ? service::PlainFormMode::enabled : service::PlainFormMode::disabled;
    return std::nullopt;
}

Refusal set_lifetime(seconds& setting, ConfiguredValue const& value, seconds minimum, seconds maximum) {
    auto const duration = parse_duration(text_of(value)).value_or(std::chrono::milliseconds{-1});
    if (duration < minimum || duration > maximum || duration % seconds{1} != std::chrono::milliseconds{0})
        return fmt::format("must be {} to {}, in whole seconds", print_duration(minimum),
                           print_duration(maximum));
    setting = std::chrono::floor<seconds>(duration);
    return std::nullopt;
}

constexpr std::array<std::string_view, 4> log_levels{"debug", "info", "warning", "error"}; // as LogLevel
constexpr std::array<std::string_view, 2> log_forms{"text", "json"};                         // as LogForm

template <class Choice, std::size_t count>
Refusal set_choice(Choice& setting, ConfiguredValue const& value,
                   std::array<std::string_view, count> const& names) {
    auto const found = std::ranges::find(names, text_of(value));
    if (found == names.end())
        return fmt::format("must be \"{}\"", fmt::join(names, "\" or \""));
    setting = static_cast<Choice>(found - names.begin());
    return std::nullopt;
}

std::int64_t as_number(std::size_t count) {
    return static_cast<std::int64_t>(count);
}

constexpr std::array keys{
    ConfigurationKey{"server", "listen", ValueType::text, "listen",
                     "address and port to listen on; port 0 picks one", set_listen,
                     [](Settings const& s) {
                         return ConfiguredValue(print_listen_address({s.listen_host, s.listen_port}));
                     }},
    ConfigurationKey{"server", "data", ValueType::text, "data", "the data directory; made at the first start",
                     set_data, [](Settings const& s) { return ConfiguredValue(s.data.string()); }},
    ConfigurationKey{"server", "trusted_proxies", ValueType::list, "trusted-proxies",
                     "IP addresses of proxies whose X-Forwarded-For counts", set_trusted_proxies,
                     [](Settings const& s) { return ConfiguredValue(s.trusted_proxies); }},
    ConfigurationKey{"server", "io_threads", ValueType::number, "io-threads",
                     "threads that serve connections; 0: one a core",
                     [](Settings& s, ConfiguredValue const& value) {
                         return set_count(s.io_threads, value, net::io_threads_max);
                     },
                     [](Settings const& s) { return ConfiguredValue(as_number(s.io_threads)); }},
    ConfigurationKey{
        "server", "tls_certificate", ValueType::text, "tls-certificate",
        "PEM file of the certificate and those that lead to its root; read again when it changes",
        [](Settings& s, ConfiguredValue const& value) { return set_file(s.tls_certificate, value); },
        [](Settings const& s) { return ConfiguredValue(s.tls_certificate.string()); }},
    ConfigurationKey{"server", "tls_key", ValueType::text, "tls-key",
                     "PEM file of the certificate's private key",
                     [](Settings& s, ConfiguredValue const& value) { return set_file(s.tls_key, value); },
                     [](Settings const& s) { return ConfiguredValue(s.tls_key.string()); }},
    ConfigurationKey{"server", "drain", ValueType::duration, "drain",
                     "how long to serve on, not ready, after the signal to end",
                     [](Settings& s, ConfiguredValue const& value) {
                         return set_lifetime(s.drain, value, seconds{0}, drain_max);
                     },
                     [](Settings const& s) { return ConfiguredValue(print_duration(s.drain)); }},
    ConfigurationKey{"server", "engine", ValueType::text, "engine",
                     "the cometbft program, on a node of a network; empty: beside this program",
                     [](Settings& s, ConfiguredValue const& value) { return set_file(s.engine, value); },
                     [](Settings const& s) { return ConfiguredValue(s.engine.string()); }},
    ConfigurationKey{
        "server", "node_listen", ValueType::text, "node-listen",
        "where other nodes of the network are listened for; empty: at the address that the node list names",
        [](Settings& s, ConfiguredValue const& value) { return set_address(s.node_listen, value); },
        [](Settings const& s) { return ConfiguredValue(s.node_listen); }},
    ConfigurationKey{
        "server", "engine_listen", ValueType::text, "engine-listen", "the same for the engine's peers",
        [](Settings& s, ConfiguredValue const& value) { return set_address(s.engine_listen, value); },
        [](Settings const& s) { return ConfiguredValue(s.engine_listen); }},
    ConfigurationKey{
        "server", "snapshot_every", ValueType::number, "snapshot-every",
        "heights of the engine from one snapshot to the next, for nodes that join; 0: none",
        set_snapshot_every,
        [](Settings const& s) { return ConfiguredValue(static_cast<std::int64_t>(s.snapshot_every)); }},
    ConfigurationKey{
        "keys", "passphrase_file", ValueType::text, "passphrase-file",
        "file with the passphrase that the keys are encrypted by",
        [](Settings& s, ConfiguredValue const& value) { return set_file(s.passphrase_file, value); },
        [](Settings const& s) { return ConfiguredValue(s.passphrase_file.string()); }},
    ConfigurationKey{"network", "issuer", ValueType::text, "issuer",
                     "URL that applications know the service by; fixed at the first start", set_issuer,
                     [](Settings const& s) { return ConfiguredValue(s.issuer); }},
    ConfigurationKey{"network", "log_origin", ValueType::text, "log-origin",
                     "name of the log in checkpoints; fixed at the first start", set_log_origin,
                     [](Settings const& s) { return ConfiguredValue(service::log_origin_of(s)); }},
    ConfigurationKey{
        "network", "passwords", ValueType::text, "passwords",
        "password policy, standard (8 characters) or nist (15); fixed at the first start", set_passwords,
        [](Settings const& s) {
            return ConfiguredValue(s.passwords == ledger::PasswordPolicy::nist ? "nist" : "standard");
        }},
    ConfigurationKey{"network", "scripts", ValueType::list, "scripts",
                     "one Unicode script that usernames may use beside ASCII; fixed at the first start",
                     set_scripts, [](Settings const& s) { return ConfiguredValue(s.scripts); }},
    ConfigurationKey{"network", "recovery_delay", ValueType::duration, "recovery-delay",
                     "how long a recovery by code waits before it ends; fixed at the first start",
                     [](Settings& s, ConfiguredValue const& value) {
                         return set_lifetime(s.recovery_delay, value, seconds{0}, delay_max);
                     },
                     [](Settings const& s) { return ConfiguredValue(print_duration(s.recovery_delay)); }},
    ConfigurationKey{"network", "change_delay", ValueType::duration, "change-delay",
                     "how long a change that operators decide waits; fixed at the first start",
                     [](Settings& s, ConfiguredValue const& value) {
                         return set_lifetime(s.change_delay, value, seconds{0}, delay_max);
                     },
                     [](Settings const& s) { return ConfiguredValue(print_duration(s.change_delay)); }},
    ConfigurationKey{"registration", "mode", ValueType::text, "registration",
                     "who may register: open (everybody) or closed (nobody)", set_registration,
                     [](Settings const& s) {
                         return ConfiguredValue(s.registration == service::RegistrationMode::open ? "open"
                                                                                                  : "closed");
                     }},
    ConfigurationKey{
        "login", "plain_form", ValueType::truth, "plain-form",
        "whether POST /register and /login take a password in a form", set_plain_form,
        [](Settings const& s) { return ConfiguredValue(s.plain_form == service::PlainFormMode::enabled); }},
    ConfigurationKey{"login", "argon2_threads", ValueType::number, "argon2-threads",
                     "threads that stretch passwords for the plain form; 0: one a core",
                     [](Settings& s, ConfiguredValue const& value) {
                         return set_count(s.argon2_threads, value, net::pool_threads_max);
                     },
                     [](Settings const& s) { return ConfiguredValue(as_number(s.argon2_threads)); }},
    ConfigurationKey{"token", "lifetime", ValueType::duration, "token-lifetime",
                     "how long an access token lives",
                     [](Settings& s, ConfiguredValue const& value) {
                         return set_lifetime(s.token_lifetime, value, seconds{0}, token_lifetime_max);
                     },
                     [](Settings const& s) { return ConfiguredValue(print_duration(s.token_lifetime)); }},
    ConfigurationKey{
        "token", "signing_key_lifetime", ValueType::duration, "signing-key-lifetime",
        "how long a key signs tokens before a new one follows",
        [](Settings& s, ConfiguredValue const& value) {
            return set_lifetime(s.signing_key_lifetime, value, signing_key_lifetime_min,
                                signing_key_lifetime_max);
        },
        [](Settings const& s) { return ConfiguredValue(print_duration(s.signing_key_lifetime)); }},
    ConfigurationKey{"session", "lifetime", ValueType::duration, "session-lifetime",
                     "how long a session lives",
                     [](Settings& s, ConfiguredValue const& value) {
                         return set_lifetime(s.session_lifetime, value, seconds{1}, session_lifetime_max);
                     },
                     [](Settings const& s) { return ConfiguredValue(print_duration(s.session_lifetime)); }},
    ConfigurationKey{
        "log", "level", ValueType::text, "log-level",
        "what the log holds: debug (a line a request), info, warning or error",
        [](Settings& s, ConfiguredValue const& value) { return set_choice(s.log.level, value, log_levels); },
        [](Settings const& s) {
            return ConfiguredValue(std::string(log_levels[std::to_underlying(s.log.level)]));
        }},
    ConfigurationKey{
        "log", "format", ValueType::text, "log-format", "lines of text, or of JSON",
        [](Settings& s, ConfiguredValue const& value) { return set_choice(s.log.form, value, log_forms); },
        [](Settings const& s) {
            return ConfiguredValue(std::string(log_forms[std::to_underlying(s.log.form)]));
        }},
};

} // namespace

std::span<ConfigurationKey const> configuration_keys() {
    return keys;
}

std::string variable_name(ConfigurationKey const& key) {
    auto name = fmt::format("BULLA_{}_{}", key.section, key.name);
    std::ranges::transform(name, name.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c; });
    return name;
}

std::string full_name(ConfigurationKey const& key) {
    return fmt::format("{}.{}", key.section, key.name);
}

} // namespace bulla::cli
