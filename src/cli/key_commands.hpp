// `bulla key list|rotate|retire`: the token signing keys of a running server.
//
// 0 done, 1 the server refuses, 2 usage, 3 no server runs on the data directory.
// What encrypts all keys of a stopped one: cli/key_encryption.hpp.
#pragma once

#include "cli/output.hpp"

namespace bulla::cli {

struct KeyCommand {
    std::filesystem::path data;
    OutputForm form = OutputForm::text;
};
ExitCode list_keys(KeyCommand const& command);
ExitCode rotate_key(KeyCommand const& command);
// Ends the key at once: what it signed is refused from then on.
ExitCode retire_key(KeyCommand const& command, std::string_view kid);

} // namespace bulla::cli
