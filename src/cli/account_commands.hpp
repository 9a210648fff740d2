// `bulla account …`, `bulla login`, `bulla whoami`, `bulla token check`: what a person does at a server.
#pragma once

#include "cli/output.hpp"
#include "cli/password_prompt.hpp"
#include "cli/sign_in_client.hpp"

#include <filesystem>

namespace bulla::cli {

struct ServerChoice {
    std::string server = "http://localhost:8080";
    NetworkTrust trust = NetworkTrust::as_seen_before;
    PasswordSource passwords = PasswordSource::terminal;
    OutputForm form = OutputForm::text;
    std::optional<std::filesystem::path> ssh_key; // signs instead of the password
};

enum class Confirmation : std::uint8_t { ask, given };

ExitCode register_account(ServerChoice const& choice, std::string const& name);
ExitCode login(ServerChoice const& choice, std::string const& name);
// With the choice's SSH key.
ExitCode login_by_key(ServerChoice const& choice, std::string const& name);
ExitCode show_account(ServerChoice const& choice);
ExitCode change_password(ServerChoice const& choice);
ExitCode erase_account(ServerChoice const& choice, Confirmation confirmation);
ExitCode list_credentials(ServerChoice const& choice);
// A public key of OpenSSH becomes a credential; its private half signs too.
ExitCode add_ssh_key(ServerChoice const& choice, std::filesystem::path const& file);
// A first password, allowed by an SSH key of the account.
ExitCode add_password(ServerChoice const& choice);
ExitCode revoke_credential(ServerChoice const& choice, std::string const& id);
ExitCode who_am_i(ServerChoice const& choice);
// 0: the server takes the token; 1: it does not. Without a token: the one signed in with.
ExitCode check_token(ServerChoice const& choice, std::optional<std::string> const& token);

} // namespace bulla::cli
