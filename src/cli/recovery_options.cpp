#include "cli/recovery_options.hpp"

#include "cli/recovery_commands.hpp"

#include <CLI/CLI.hpp>

namespace bulla::cli {
namespace {

struct Words {
    ServerChoice choice;
    std::string name;
    RecoveryBy by = RecoveryBy::code;
};

using Run = std::function<ExitCode(Words const&)>;

CLI::App* add(CLI::App& parent, std::pair<std::string, std::string> const& text, Run run, Action& action) {
    auto const words = std::make_shared<Words>();
    auto* const command = parent.add_subcommand(text.first, text.second);
    add_choice(*command, words->choice, Asks::password);
    if (text.first == "recover") {
        command->add_option("name", words->name, "the username")->required();
        command->add_flag_callback(
            "--by-operators", [words] { words->by = RecoveryBy::operators; },
            "without a code: ask operators, where the account has allowed them to help");
    } else {
        command->add_option("--ssh", words->choice.ssh_key, "sign with an SSH key of the account instead")
            ->type_name("FILE");
    }
    command->callback(
        [words, run = std::move(run), &action] { action = [words, run] { return run(*words); }; });
    return command;
}

} // namespace

void add_recovery_commands(CLI::App& app, Action& action) {
    using enum OperatorRecovery;
    add(
        app,
        {"recover",
         "Come back to an account by a recovery code, or by operators; goes on with a recovery that "
         "waits"},
        [](Words const& words) { return recover_account(words.choice, words.name, words.by); }, action);
    auto& account = *app.get_subcommand("account");
    add(
        account, {"recovery-codes", "Make new recovery codes; those before end after three days"},
        [](Words const& words) { return make_recovery_codes(words.choice); }, action);
    add(
        account, {"cancel-recovery", "Cancel the recovery that is under way"},
        [](Words const& words) { return cancel_recovery(words.choice); }, action);
    add(
        account, {"allow-operator-recovery", "Let operators begin a recovery of the account"},
        [](Words const& words) { return change_operator_recovery(words.choice, allow); }, action);
    add(
        account, {"forbid-operator-recovery", "Let them no more"},
        [](Words const& words) { return change_operator_recovery(words.choice, forbid); }, action);
}

} // namespace bulla::cli
