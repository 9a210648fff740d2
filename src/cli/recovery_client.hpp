// A recovery by code at a server, from the command line, over HTTP.
#pragma once

#include "cli/sign_in_client.hpp"
#include "credential/recovery_code.hpp"

namespace bulla::cli {

class RecoveryClient {
public:
    // The client outlives it.
    explicit RecoveryClient(SignInClient const& client) : client_(client) {}

    // A recovery that has begun: what ends it is no secret, and can be sent once the time has come.
    struct Begun {
        boost::json::object answer; // {begin, finish_from, receipt}
        service::RecoveryEnd end;
    };
    Answered<Begun> begin(std::string const& name, credential::RecoveryCode const& code,
                          SecretBytes password) const;
    Answered<boost::json::object> finish(service::RecoveryEnd const& end) const;

private:
    SignInClient const& client_;
};

} // namespace bulla::cli
