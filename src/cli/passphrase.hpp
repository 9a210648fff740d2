// Where the passphrase of the node's keys comes from: the file that [keys] passphrase_file, its variable or
// --passphrase-file names; else the systemd credential bulla-passphrase; else, for a command, the terminal.
#pragma once

#include "service/founding.hpp"

namespace bulla::cli {

inline constexpr std::string_view passphrase_credential = "bulla-passphrase";

// From `file` when it is not empty, else from the credential; nothing when there is neither.
Result<service::Passphrase, std::string> find_passphrase(std::filesystem::path const& file);

// For a command that reads the keys of a directory: nothing when they are not encrypted, whatever is
// configured.
Result<service::Passphrase, std::string> passphrase_for(std::filesystem::path const& keys,
                                                        std::filesystem::path const& file);

// Found, or typed; a new one is typed twice.
enum class PassphraseKind : std::uint8_t { present, fresh };
Result<SecretBytes, std::string> ask_passphrase(std::filesystem::path const& file, PassphraseKind kind,
                                                std::string_view prompt);

} // namespace bulla::cli
