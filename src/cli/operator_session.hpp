// What the commands of operators share: signing in with the key file, and saying where a change stands.
#pragma once

#include "cli/account_session.hpp"
#include "cli/operator_client.hpp"
#include "cli/operator_commands.hpp"

namespace bulla::cli {

inline constexpr std::string_view operator_key_name = "operator"; // of the file

// The client refers to the server.
struct Operating {
    std::unique_ptr<SignInClient> server;
    OperatorClient client;
};
Went<Operating> sign_in_operator(OperatorChoice const& choice);

void tell(OperatorChoice const& choice, ChangeState const& state);

// The node of this id in base64url; empty: the one whose operator is signed in.
Went<ledger::NodeId> node_for(OperatorClient const& client, std::string const& given);

std::string text_of(boost::json::object const& object, std::string_view name); // empty: there is none
std::string time_of(boost::json::object const& object, std::string_view name);

} // namespace bulla::cli
