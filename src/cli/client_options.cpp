#include "cli/client_options.hpp"

#include "cli/account_commands.hpp"
#include "cli/session_commands.hpp"

#include <CLI/CLI.hpp>

namespace bulla::cli {
namespace {

struct Words {
    ServerChoice choice;
    std::string name;
    std::optional<std::string> token;
    Confirmation confirmation = Confirmation::ask;
    std::string id;
    std::filesystem::path file;
};
using SharedWords = std::shared_ptr<Words>;

struct Text {
    std::string name;
    std::string help;
};

CLI::App* add_command(CLI::App& parent, SharedWords const& words, Text const& text, Asks asks) {
    auto* const command = parent.add_subcommand(text.name, text.help);
    add_choice(*command, words->choice, asks);
    return command;
}

void add_register(CLI::App& account, SharedWords const& words, Action& action) {
    auto* const command =
        add_command(account, words, {"register", "Register an account with a password"}, Asks::password);
    command->add_option("name", words->name, "the username")->required();
    command->callback(
        [words, &action] { action = [words] { return register_account(words->choice, words->name); }; });
}

void add_erase(CLI::App& account, SharedWords const& words, Action& action) {
    auto* const command =
        add_command(account, words, {"erase", "Erase the account signed in to, for good"}, Asks::password);
    command->add_flag_callback("--yes", [words] { words->confirmation = Confirmation::given; }, "do not ask");
    command->callback(
        [words, &action] { action = [words] { return erase_account(words->choice, words->confirmation); }; });
}

void add_ssh_option(CLI::App& command, SharedWords const& words, std::string const& help) {
    command.add_option("--ssh", words->choice.ssh_key, help)->type_name("FILE");
}

void add_credentials(CLI::App& account, Action& action) {
    auto const list = std::make_shared<Words>();
    add_command(account, list, {"credentials", "List the credentials of the account signed in to"},
                Asks::no_password)
        ->callback([list, &action] { action = [list] { return list_credentials(list->choice); }; });
    auto const added = std::make_shared<Words>();
    auto* const add =
        add_command(account, added, {"add-ssh", "Add an SSH key; ssh-keygen signs with its private half"},
                    Asks::password);
    add->add_option("file", added->file, "the public key, FILE.pub")->required()->type_name("FILE");
    add_ssh_option(*add, added, "the SSH key of the account that allows it (default: the password)");
    add->callback([added, &action] { action = [added] { return add_ssh_key(added->choice, added->file); }; });
    auto const opened = std::make_shared<Words>();
    auto* const add_first = add_command(
        account, opened, {"add-password", "Add a password to an account that has none"}, Asks::password);
    add_first->add_option("--ssh", opened->choice.ssh_key, "the SSH key of the account that allows it")
        ->required()
        ->type_name("FILE");
    add_first->callback([opened, &action] { action = [opened] { return add_password(opened->choice); }; });
    auto const revoked = std::make_shared<Words>();
    auto* const revoke =
        add_command(account, revoked, {"revoke", "Remove a credential from the account"}, Asks::password);
    revoke->add_option("id", revoked->id, "its id, as `bulla account credentials` prints it")->required();
    add_ssh_option(*revoke, revoked, "the SSH key of the account that allows it (default: the password)");
    revoke->callback([revoked, &action] {
        action = [revoked] { return revoke_credential(revoked->choice, revoked->id); };
    });
}

void add_sessions(CLI::App& account, Action& action) {
    auto const list = std::make_shared<Words>();
    add_command(account, list, {"sessions", "List where the account is signed in, at all nodes"},
                Asks::no_password)
        ->callback([list, &action] { action = [list] { return list_sessions(list->choice); }; });
    auto const ended = std::make_shared<Words>();
    auto* const one =
        add_command(account, ended, {"end-session", "End a session, wherever it began"}, Asks::no_password);
    one->add_option("id", ended->id, "its id, as `bulla account sessions` prints it")->required();
    one->callback([ended, &action] { action = [ended] { return end_session(ended->choice, ended->id); }; });
    auto const all = std::make_shared<Words>();
    auto* const every =
        add_command(account, all, {"end-sessions", "End all sessions, this one too"}, Asks::password);
    add_ssh_option(*every, all, "the SSH key of the account that allows it (default: the password)");
    every->callback([all, &action] { action = [all] { return end_all_sessions(all->choice); }; });
}

void add_account(CLI::App& app, Action& action) {
    auto* const account = app.add_subcommand("account", "Register, show, change and erase an account");
    account->require_subcommand(1);
    add_register(*account, std::make_shared<Words>(), action);
    auto const show = std::make_shared<Words>();
    add_command(*account, show, {"show", "Show the account signed in to"}, Asks::no_password)
        ->callback([show, &action] { action = [show] { return show_account(show->choice); }; });
    auto const change = std::make_shared<Words>();
    add_command(*account, change, {"change-password", "Change the password of the account signed in to"},
                Asks::password)
        ->callback([change, &action] { action = [change] { return change_password(change->choice); }; });
    add_credentials(*account, action);
    add_sessions(*account, action);
    add_erase(*account, std::make_shared<Words>(), action);
}

void add_token(CLI::App& app, Action& action) {
    auto* const token = app.add_subcommand("token", "Access tokens");
    token->require_subcommand(1);
    auto const words = std::make_shared<Words>();
    auto* const check =
        add_command(*token, words, {"check", "Ask the server whether a token is good"}, Asks::no_password);
    check->add_option("token", words->token,
                      "the token; - reads it from standard input (default: the session's)");
    check->callback(
        [words, &action] { action = [words] { return check_token(words->choice, words->token); }; });
}

} // namespace

void add_form(CLI::App& command, OutputForm& form) {
    command.add_flag_callback("--json", [&form] { form = OutputForm::json; }, "answer as JSON");
}

void add_choice(CLI::App& command, ServerChoice& choice, Asks asks) {
    command.add_option("--server", choice.server, "the server's URL (default: http://localhost:8080)")
        ->envname("BULLA_SERVER");
    add_form(command, choice.form);
    if (asks == Asks::no_password)
        return;
    command.add_flag_callback(
        "--password-stdin", [&choice] { choice.passwords = PasswordSource::standard_input; },
        "read each password from a line of standard input");
    command.add_flag_callback(
        "--trust-new-network", [&choice] { choice.trust = NetworkTrust::take_new; },
        "take the network that the server now shows, whatever was seen there before");
}

void add_client_commands(CLI::App& app, Action& action) {
    add_account(app, action);
    auto const login_words = std::make_shared<Words>();
    auto* const login_command =
        add_command(app, login_words, {"login", "Sign in; the session is kept"}, Asks::password);
    login_command->add_option("name", login_words->name, "the username")->required();
    add_ssh_option(*login_command, login_words, "sign in with this SSH key instead of the password");
    login_command->callback([login_words, &action] {
        action = [login_words] {
            auto const& choice = login_words->choice;
            return choice.ssh_key ? login_by_key(choice, login_words->name)
                                  : login(choice, login_words->name);
        };
    });
    auto const who = std::make_shared<Words>();
    add_command(app, who, {"whoami", "Say who is signed in"}, Asks::no_password)->callback([who, &action] {
        action = [who] { return who_am_i(who->choice); };
    });
    add_token(app, action);
}

} // namespace bulla::cli
