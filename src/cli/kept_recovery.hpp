// What ends a recovery that has to wait, as the command line keeps it between two runs; no secret.
#pragma once

#include "cli/account_session.hpp"
#include "cli/recovery_client.hpp"

namespace bulla::cli {

// Under which name: a recovery by operators beside one by a code.
std::string place_of_request(std::string const& username);

struct KeptRecovery {
    base::Timestamp finish_from; // as far as it is known
    service::RecoveryEnd end;
    std::string place; // it is kept at
};

std::optional<KeptRecovery> read_kept_recovery(boost::json::object const& kept, std::string place);
boost::json::object kept_recovery_json(KeptRecovery const& kept);

// Ends it if its time has come, and forgets it; also when it is none any more.
Went<void> finish_recovery(ServerChoice const& choice, SignInClient const& client, std::string const& name,
                           KeptRecovery const& kept);
std::unexpected<Stop> too_early(base::Timestamp finish_from);

} // namespace bulla::cli
