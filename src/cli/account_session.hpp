// What the commands about accounts share: reaching a server, the session kept there, and the end of a command
// with the first thing that does not work.
#pragma once

#include "cli/account_commands.hpp"
#include "cli/ssh_signer.hpp"
#include "cli/state_files.hpp"

#include <boost/json/object.hpp>

#include <functional>

namespace bulla::cli {

// Why a command ends before its end.
struct Stop {
    ExitCode code = ExitCode::refused;
    std::string reason;
};
template <class T>
using Went = Result<T, Stop>;

Stop to_stop(ApiFault const& fault);
Stop to_usage(std::string const& reason);
Stop to_refused(std::string const& reason);
ExitCode end(Went<void> const& went);

Went<ApiClient> reach(ServerChoice const& choice);
Went<SignInClient> connect(ServerChoice const& choice);
Went<SignedIn> present_session(ServerChoice const& choice);
Went<void> keep_session(ServerChoice const& choice, boost::json::object const& token);
// A login just made: who changes an account shows the password again.
Went<SignInClient::LoggedIn> login_again(SignInClient& client, ServerChoice const& choice,
                                         SignedIn const& session);
Went<void> check_strength(SecretBytes const& password, std::string const& name,
                          ledger::PasswordPolicy policy);

// What may change an account: a password shown again, or an SSH key of it. Signed in by it just now.
struct Authority {
    ledger::AccountPart asks; // of the entry that comes next
    std::function<Went<ledger::Evidence>(ledger::EntryKind, base::ByteView)> sign;
};

Went<Authority> authority_of(SignInClient& client, ServerChoice const& choice, SignedIn const& session);
Went<ledger::Evidence> sign_by_ssh(SshKey const& key, ledger::Label const& label, ledger::EntryKind kind,
                                   base::ByteView statement);

// The object or the text, as the choice says.
void answer(ServerChoice const& choice, boost::json::object const& object, std::string_view text);
std::string receipt_text(boost::json::object const& receipt); // "entry 7 in block 3"

} // namespace bulla::cli
