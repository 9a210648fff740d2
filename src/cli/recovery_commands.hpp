// `bulla account recovery-codes|cancel-recovery|allow-operator-recovery|forbid-operator-recovery` and `bulla
// recover`: the way back to an account.
#pragma once

#include "cli/account_commands.hpp"

namespace bulla::cli {

ExitCode make_recovery_codes(ServerChoice const& choice);
ExitCode cancel_recovery(ServerChoice const& choice);
// Whether operators may begin a recovery of the account.
enum class OperatorRecovery : std::uint8_t { forbid, allow };
ExitCode change_operator_recovery(ServerChoice const& choice, OperatorRecovery wanted);
// Begins a recovery by a code, and ends it if there is no delay; otherwise the same command ends it once the
// delay is over. By operators: asks them, and goes on where the request stands.
enum class RecoveryBy : std::uint8_t { code, operators };
ExitCode recover_account(ServerChoice const& choice, std::string const& name, RecoveryBy by);

} // namespace bulla::cli
