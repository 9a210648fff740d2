// `bulla network add-origin|upgrade|new-keyset`: changes of the policy, by the votes of operators. The policy
// is proposed as the asked node has it, but for the one thing.
#pragma once

#include "cli/operator_commands.hpp"

namespace bulla::cli {

// Passkeys are accepted there then, and pages served there may sign in.
ExitCode add_origin_to_policy(OperatorChoice const& choice, std::string const& origin);

enum class UpgradeWish : std::uint8_t { agree, cancel };
struct UpgradeCommand {
    std::uint64_t version = 0;
    std::uint64_t height = 0;
    UpgradeWish wish = UpgradeWish::agree;
};
ExitCode propose_upgrade(OperatorChoice const& choice, UpgradeCommand const& command);

// The server makes the secret and keeps it; the others fetch it once this is on the ledger.
ExitCode propose_new_keyset(OperatorChoice const& choice);

} // namespace bulla::cli
