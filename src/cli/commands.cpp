#include "cli/commands.hpp"

#include "cli/arguments.hpp"
#include "cli/backup_commands.hpp"
#include "cli/bench_command.hpp"
#include "cli/client_options.hpp"
#include "cli/completion.hpp"
#include "cli/configuration.hpp"
#include "cli/key_commands.hpp"
#include "cli/key_encryption.hpp"
#include "cli/ledger_commands.hpp"
#include "cli/network_options.hpp"
#include "cli/operator_options.hpp"
#include "cli/recovery_options.hpp"
#include "cli/serve.hpp"
#include "cli/version.hpp"
#include "http/resource_pages.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace bulla::cli {
namespace {

constexpr std::string_view exit_codes =
    "Exit status: 0 good, 1 found wrong or refused, 2 wrong usage or configuration, "
    "3 the server cannot be reached or cannot start, 4 the network goes on under newer rules.";

struct ServeFlags {
    std::map<std::string, std::string> values;
    std::optional<std::filesystem::path> file;
    bool print = false;
};

ExitCode run_serve(ServeFlags const& flags) {
    auto const file = load_configuration_file(flags.file);
    if (!file)
        return fail(ExitCode::usage, print_fault(file.error()));
    auto const configuration =
        read_configuration({.file = *file, .environment = bulla_environment(), .flags = flags.values});
    if (!configuration)
        return fail(ExitCode::usage, print_fault(configuration.error()));
    if (!flags.print)
        return serve(*configuration);
    fmt::print("{}", print_configuration(*configuration));
    return ExitCode::good;
}

void add_serve(CLI::App& app, Action& action) {
    auto* const command =
        app.add_subcommand("serve", "Run the server; makes its data directory at the first start");
    auto const flags = std::make_shared<ServeFlags>();
    command->add_option("--config", flags->file, "configuration file (default: bulla.toml, if there is one)");
    command->add_flag("--print-config", flags->print, "print the effective configuration and end");
    for (auto const& key : configuration_keys())
        command
            ->add_option_function<std::string>(
                fmt::format("--{}", key.flag),
                [flags, flag = std::string(key.flag)](std::string const& value) {
                    flags->values[flag] = value;
                },
                std::string(key.help))
            ->take_last();
    command->callback([flags, &action] { action = [flags] { return run_serve(*flags); }; });
}

void add_data(CLI::App& command, std::filesystem::path& data) {
    data = service::Settings{}.data;
    command.add_option("--data", data, "the data directory (default: bulla-data)")
        ->envname("BULLA_SERVER_DATA");
}

void add_passphrase(CLI::App& command, std::filesystem::path& file) {
    command
        .add_option("--passphrase-file", file, "file with the passphrase of the keys, if they are encrypted")
        ->envname("BULLA_KEYS_PASSPHRASE_FILE");
}

ExitCode run_verify(VerifyCommand const& of_data, VerifyProofCommand proof) {
    if (proof.proof.empty())
        return verify_data(of_data);
    if (proof.name.empty() || proof.key.empty())
        return fail(ExitCode::usage, "--proof needs --name and --key");
    proof.form = of_data.form;
    return verify_proof(proof);
}

void add_verify(CLI::App& ledger, Action& action) {
    auto* const command = ledger.add_subcommand(
        "verify",
        "Re-derive everything from the stored bytes, or check a proof file with a public key alone");
    auto const of_data = std::make_shared<VerifyCommand>();
    auto const proof = std::make_shared<VerifyProofCommand>();
    add_data(*command, of_data->data);
    add_form(*command, of_data->form);
    add_passphrase(*command, of_data->passphrase_file);
    command->add_option("--checkpoint", of_data->checkpoint,
                        "a checkpoint kept from before, which the ledger must extend");
    command->add_option("--threads", of_data->threads, "threads that check signatures; 0: one a core")
        ->check(CLI::Range(0, 64));
    auto* const file = command->add_option(
        "--proof", proof->proof, "a proof file instead of a data directory; - reads it from standard input");
    command->add_option("--name", proof->name, "the name the proof is about")->needs(file);
    command->add_option("--key", proof->key, "the log's verifier key")->needs(file);
    command->add_option("--vrf-key", proof->vrf_key, "the network's VRF key, for a proof in the brief form")
        ->needs(file);
    command->callback(
        [of_data, proof, &action] { action = [of_data, proof] { return run_verify(*of_data, *proof); }; });
}

void add_show(CLI::App& ledger, Action& action) {
    auto* const command = ledger.add_subcommand("show", "Print entries: one, an account's, or the newest");
    auto const show = std::make_shared<ShowCommand>();
    add_data(*command, show->data);
    add_form(*command, show->form);
    add_passphrase(*command, show->passphrase_file);
    auto* const index = command->add_option("index", show->index, "the entry's index");
    command->add_option("--account", show->account, "a name: all its entries")->excludes(index);
    command->callback([show, &action] { action = [show] { return show_ledger(*show); }; });
}

void add_prove(CLI::App& ledger, Action& action) {
    auto* const command =
        ledger.add_subcommand("prove", "Write the proof of a name's account, or that there is none");
    auto const prove = std::make_shared<ProveCommand>();
    add_data(*command, prove->data);
    add_passphrase(*command, prove->passphrase_file);
    command->add_option("name", prove->name, "the name")->required();
    command->add_option("--output", prove->output, "the file to write (default: standard output)");
    command->callback([prove, &action] { action = [prove] { return prove_account(*prove); }; });
}

void add_fork(CLI::App& ledger, Action& action) {
    auto* const command = ledger.add_subcommand(
        "fork", "Check a file that proves that a node or a log has signed two histories");
    auto const fork = std::make_shared<ForkCommand>();
    command->add_option("file", fork->file, "the file; - reads it from standard input")->required();
    command
        ->add_option("--key", fork->key, "the verifier key of who is accused: see cosigners of /v1/network")
        ->required();
    add_form(*command, fork->form);
    command->callback([fork, &action] { action = [fork] { return check_fork(*fork); }; });
}

void add_compare(CLI::App& ledger, Action& action) {
    auto* const command = ledger.add_subcommand(
        "compare", "Whether two servers show one history; if not, write what proves it");
    auto const compare = std::make_shared<CompareCommand>();
    command->add_option("first", compare->first, "URL of a server")->required();
    command->add_option("second", compare->second, "URL of another one")->required();
    command->add_option("--output", compare->output, "where the proof goes")->capture_default_str();
    add_form(*command, compare->form);
    command->callback([compare, &action] { action = [compare] { return compare_ledgers(*compare); }; });
}

void add_backup(CLI::App& app, Action& action) {
    auto* const command =
        app.add_subcommand("backup", "Copy the ledger and the keys, also while the server runs");
    auto const backup = std::make_shared<BackupCommand>();
    add_data(*command, backup->data);
    command->add_option("directory", backup->target, "where to; must not exist")->required();
    command->add_flag_callback(
        "--without-keys", [backup] { backup->keys = KeysInBackup::left_out; }, "leave the keys out");
    command->callback([backup, &action] { action = [backup] { return back_up(*backup); }; });
}

void add_restore(CLI::App& app, Action& action) {
    auto* const command =
        app.add_subcommand("restore", "Make a data directory of a backup, after verifying it");
    auto const of = std::make_shared<RestoreCommand>();
    add_data(*command, of->data);
    add_passphrase(*command, of->passphrase_file);
    command->add_option("backup", of->backup, "the backup")->required();
    command->add_option("--keys", of->keys, "the keys' directory, when the backup has none");
    command->callback([of, &action] { action = [of] { return restore(*of); }; });
}

void add_recover_guard(CLI::App& app, Action& action) {
    auto* const command = app.add_subcommand("recover-guard", "Let a restored node sign again");
    auto const recover = std::make_shared<RecoverGuardCommand>();
    add_data(*command, recover->data);
    add_passphrase(*command, recover->passphrase_file);
    auto* const ways = command->add_option_group("way");
    ways->add_option("--size", recover->size, "size of the newest checkpoint that anybody has seen signed");
    ways->add_option("--new-origin", recover->new_origin,
                     "where the ledger ends before it: go on from here as this log, with a new key; what "
                     "came later is lost");
    ways->require_option(1);
    command->callback([recover, &action] { action = [recover] { return recover_guard(*recover); }; });
}

void add_encryption(CLI::App& keys, Action& action) {
    auto const chosen = std::make_shared<EncryptionCommand>();
    using Command = ExitCode (*)(EncryptionCommand const&);
    auto const add = [&](std::string const& name, Command run, std::string const& help) {
        auto* const command = keys.add_subcommand(name, help);
        add_data(*command, chosen->data);
        add_passphrase(*command, chosen->passphrase_file);
        command->callback([chosen, run, &action] { action = [chosen, run] { return run(*chosen); }; });
        return command;
    };
    add("encrypt", encrypt_keys, "Encrypt the keys of a stopped server by a passphrase");
    add("decrypt", decrypt_keys, "Have them as bare files again");
    add("change-passphrase", change_passphrase, "Have them open by another passphrase")
        ->add_option("--new-passphrase-file", chosen->fresh_passphrase_file,
                     "file with the new passphrase (default: asked for)");
}

void add_keys(CLI::App& app, Action& action) {
    auto* const keys =
        app.add_subcommand("key", "A running server's signing keys; encryption of all keys of a stopped one");
    keys->require_subcommand(1);
    auto const chosen = std::make_shared<KeyCommand>();
    auto const add = [&](std::string const& name, std::string const& help) {
        auto* const command = keys->add_subcommand(name, help);
        add_data(*command, chosen->data);
        add_form(*command, chosen->form);
        return command;
    };
    add("list", "The keys whose tokens are accepted")->callback([chosen, &action] {
        action = [chosen] { return list_keys(*chosen); };
    });
    add("rotate", "Sign tokens with a new key; the one before goes on verifying")
        ->callback([chosen, &action] { action = [chosen] { return rotate_key(*chosen); }; });
    auto* const retire = add("retire", "End a stolen key now: what it signed is refused");
    auto const kid = std::make_shared<std::string>();
    retire->add_option("kid", *kid, "the key's id")->required();
    retire->callback(
        [chosen, kid, &action] { action = [chosen, kid] { return retire_key(*chosen, *kid); }; });
    add_encryption(*keys, action);
}

void add_completion(CLI::App& app, Action& action) {
    auto* const command =
        app.add_subcommand("completion", "Print a script that completes commands in a shell");
    command->require_subcommand(1);
    auto const add = [&](std::string const& name, std::string const& help, Shell shell) {
        command->add_subcommand(name, help)->callback([&app, shell, &action] {
            action = [&app, shell] {
                fmt::print("{}", make_completion(app, shell));
                return ExitCode::good;
            };
        });
    };
    add("bash", "For bash: source <(bulla completion bash)", Shell::bash);
    add("zsh", "For zsh: source <(bulla completion zsh)", Shell::zsh);
}

void add_bench(CLI::App& app, Action& action) {
    auto* const command = app.add_subcommand(
        "bench", "Measure this machine: logins, registrations, signatures, each beside its bare parts");
    auto const of = std::make_shared<BenchCommand>();
    command->add_option("part", of->parts, "what to measure (default: all)")
        ->check(CLI::IsMember(bench_parts()));
    command->add_option(
        "--directory", of->directory,
        "on the disk to measure (default: here); a scratch directory is made in it and removed");
    command->add_option("--rounds", of->rounds, "measurements of each figure; the median is shown")
        ->check(CLI::Range(1, 100));
    add_form(*command, of->form);
    command->callback([of, &action] { action = [of] { return bench(*of); }; });
}

} // namespace

ExitCode run_command(int argument_count, char const* const* arguments) {
    CLI::App app("Bulla: an authentication server whose account registry is a ledger that anyone can verify.",
                 "bulla");
    app.set_version_flag(
        "--version", [] { return fmt::format("bulla {}\npages SHA-256 {}", version, http::pages_digest()); });
    app.footer(std::string(exit_codes));
    app.require_subcommand(1);
    Action action;
    add_serve(app, action);
    auto* const ledger = app.add_subcommand("ledger", "Verify, show and prove what is in a ledger");
    ledger->require_subcommand(1);
    add_verify(*ledger, action);
    add_show(*ledger, action);
    add_prove(*ledger, action);
    add_fork(*ledger, action);
    add_compare(*ledger, action);
    add_backup(app, action);
    add_restore(app, action);
    add_recover_guard(app, action);
    add_keys(app, action);
    add_bench(app, action);
    add_network_commands(app, action);
    add_client_commands(app, action);
    add_recovery_commands(app, action);
    add_operator_commands(app, action);
    add_completion(app, action);
    try {
        auto given =
            with_ids_as_values({arguments + std::min(argument_count, 1), arguments + argument_count});
        std::ranges::reverse(given); // as CLI11 wants them
        app.parse(std::move(given));
    } catch (CLI::ParseError const& end) {
        return app.exit(end) == 0 ? ExitCode::good : ExitCode::usage;
    }
    return action();
}

} // namespace bulla::cli
