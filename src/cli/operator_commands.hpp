// `bulla operator …` and `bulla network grant-operator|revoke-operator`: what operators see, propose and
// decide.
#pragma once

#include "cli/account_commands.hpp"

#include <filesystem>

namespace bulla::cli {

struct OperatorChoice {
    ServerChoice server;
    std::filesystem::path keys; // the directory that holds the file `operator`
    std::filesystem::path passphrase_file;
};

// A key of an operator to come, in a directory of its own; prints its public half.
ExitCode make_operator_key(std::filesystem::path const& directory);

ExitCode show_overview(OperatorChoice const& choice); // nodes, operators and signing keys
ExitCode show_pending(OperatorChoice const& choice); // changes and recoveries
ExitCode show_audit(OperatorChoice const& choice); // what operators did
ExitCode show_account_of(OperatorChoice const& choice, std::string const& name);
ExitCode suspend_account(OperatorChoice const& choice, std::string const& name);
ExitCode restore_account(OperatorChoice const& choice, std::string const& name);

// Accepts a request of somebody who has lost every way in; once the new credential is there, proposes the
// recovery to it. `fingerprint`: as the person read it; the credential's must be the same.
ExitCode recover_by_request(OperatorChoice const& choice, std::string const& number,
                            std::string const& fingerprint);
ExitCode drop_request(OperatorChoice const& choice, std::string const& number);

enum class Vote : std::uint8_t { approve, object, apply };
ExitCode vote(OperatorChoice const& choice, std::string const& change, Vote kind);

// Who becomes an operator: a credential by its kind and public key.
struct OperatorGrant {
    std::string kind; // device_key, passkey, ssh_key
    std::string public_key; // base64url
    std::string node; // its id in base64url; empty: the one whose operator asks
};
ExitCode grant_operator(OperatorChoice const& choice, OperatorGrant const& grant);
ExitCode revoke_operator(OperatorChoice const& choice, std::string const& person, std::string const& node);

} // namespace bulla::cli
