// A request that operators recover an account, from the command line, over HTTP.
#pragma once

#include "cli/sign_in_client.hpp"

namespace bulla::cli {

class RecoveryRequestClient {
public:
    // The client outlives it.
    explicit RecoveryRequestClient(SignInClient const& client) : client_(client) {}

    Answered<boost::json::object> ask(std::string const& name) const; // {id, number, …}
    Answered<boost::json::object> look(std::string const& id) const;  // {state, number, …}

    // The new password of a request that an operator has accepted.
    struct Made {
        ledger::CredentialId credential;
        service::RecoveryEnd end;
    };
    Answered<Made> make(std::string const& id, std::string const& name, SecretBytes password) const;
    Answered<boost::json::object> begin(std::string const& id) const; // {begin, finish_from, receipt}

private:
    SignInClient const& client_;
};

} // namespace bulla::cli
