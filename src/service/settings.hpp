// What an operator can set, after it was read and checked; cli/configuration reads it from file, environment,
// flags. The issuer, origin, names and password policy stand in genesis: they come from here at the first
// start only.
#pragma once

#include "ledger/network_rows.hpp"

#include <chrono>
#include <filesystem>

namespace bulla::service {

enum class RegistrationMode : std::uint8_t { open, closed };
enum class PlainFormMode : std::uint8_t { enabled, disabled };

enum class LogLevel : std::uint8_t { debug, info, warning, error };
enum class LogForm : std::uint8_t { text, json };

struct LogSettings {
    LogLevel level = LogLevel::info;
    LogForm form = LogForm::text;
};

struct Settings {
    std::filesystem::path data = "bulla-data";
    std::string listen_host = "127.0.0.1";
    std::uint16_t listen_port = 8080; // 0 picks one
    std::chrono::seconds drain{0}; // from the signal to end until the listener closes
    std::vector<std::string> trusted_proxies; // addresses whose X-Forwarded-For counts

    std::filesystem::path tls_certificate; // PEM files, both or neither; neither: plain HTTP
    std::filesystem::path tls_key;

    std::filesystem::path engine; // of a network's node: the cometbft program; empty: beside this one
    std::string node_listen; // HOST:PORT for other nodes; empty: as the node list has it
    std::string engine_listen; // HOST:PORT for its engine's peers; likewise
    std::uint64_t snapshot_every = 1'000; // heights of the engine, on such a node; 0: no snapshots

    std::filesystem::path passphrase_file; // opens the keys; empty: a systemd credential, or not encrypted

    std::string issuer = "http://localhost:8080"; // URL without a slash at the end
    std::string log_origin; // empty: the issuer without scheme, then "/log"
    ledger::PasswordPolicy passwords = ledger::PasswordPolicy::standard;
    std::vector<std::string> scripts;
    std::chrono::seconds recovery_delay{0}; // between begin and finish of a recovery by code
    std::chrono::seconds change_delay{0}; // between an operator's proposal and its effect

    RegistrationMode registration = RegistrationMode::open;
    PlainFormMode plain_form = PlainFormMode::enabled;
    std::chrono::seconds token_lifetime{15 * 60};
    std::chrono::seconds signing_key_lifetime{90 * 86'400};
    std::chrono::seconds session_lifetime{30 * 86'400};

    LogSettings log;

    std::size_t io_threads = 0; // 0: one a core
    std::size_t argon2_threads = 0; // 0: one a core
};

std::string log_origin_of(Settings const& settings);

} // namespace bulla::service
