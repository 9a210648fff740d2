// `bulla key encrypt|decrypt|change-passphrase`: all keys of a server that does not run.
//
// 0 done, 1 the keys do not open or are so already, 2 usage or no data directory, 3 a server runs on it, or
// the disk failed. Killed at any moment, the keys are as before or as wished for.
#pragma once

#include "cli/output.hpp"

namespace bulla::cli {

struct EncryptionCommand {
    std::filesystem::path data;
    std::filesystem::path passphrase_file;       // empty: the credential, or asked for
    std::filesystem::path fresh_passphrase_file; // of change-passphrase; empty: asked for
};
ExitCode encrypt_keys(EncryptionCommand const& command);
ExitCode decrypt_keys(EncryptionCommand const& command);
ExitCode change_passphrase(EncryptionCommand const& command);

} // namespace bulla::cli
