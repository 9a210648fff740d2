#include "cli/key_encryption.hpp"

#include "cli/hardening.hpp"
#include "cli/passphrase.hpp"
#include "cli/password_prompt.hpp"
#include "cli/start_messages.hpp"
#include "crypto/random.hpp"
#include "service/key_conversion.hpp"

#include <fmt/format.h>

namespace bulla::cli {
namespace {

namespace fs = std::filesystem;
using service::KeyFaultKind;

struct Refusal {
    ExitCode code = ExitCode::refused;
    std::string reason;
};
auto const usage = [](std::string reason) {
    return Refusal{.code = ExitCode::usage, .reason = std::move(reason)};
};
auto const key_refusal = [](service::KeyFault const& fault) {
    bool const is_of_the_disk = fault.kind == KeyFaultKind::failed || fault.kind == KeyFaultKind::no_memory;
    if (fault.kind == KeyFaultKind::not_encrypted)
        return Refusal{.code = ExitCode::refused, .reason = "the keys are not encrypted: bulla key encrypt"};
    return Refusal{.code = is_of_the_disk ? ExitCode::unreachable : ExitCode::refused,
                   .reason = describe(fault)};
};

// Nobody else uses the directory while this is held.
Result<service::DirectoryLock, Refusal> hold(service::DataPaths const& paths) {
    std::error_code error;
    if (!fs::is_directory(paths.keys(), error) || !fs::is_directory(paths.ledger(), error))
        return std::unexpected{usage(fmt::format("{}: no data directory of Bulla", paths.data.string()))};
    return map_fault(service::DirectoryLock::take(paths.lock()), [&](service::FoundingFault const& fault) {
        auto reason = fault.kind == service::FoundingFaultKind::in_use
                          ? fmt::format("a server runs on {}: stop it first", paths.data.string())
                          : describe(fault);
        return Refusal{.code = ExitCode::unreachable, .reason = std::move(reason)};
    });
}

Result<SecretBytes, Refusal> ask(fs::path const& file, PassphraseKind kind, std::string_view prompt) {
    return map_fault(ask_passphrase(file, kind, prompt), usage);
}

// A passphrase that is typed is never one of the credential's.
Result<SecretBytes, Refusal> ask_fresh(fs::path const& file) {
    if (!file.empty())
        return ask(file, PassphraseKind::fresh, {});
    auto first = TRY(map_fault(read_hidden_line("New passphrase of the keys: "), [](std::string reason) {
        return usage(reason + ": name the file of the new passphrase with --new-passphrase-file");
    }));
    auto const second = TRY(map_fault(read_hidden_line("The same again: "), usage));
    if (!base::same_secret(first.expose(), second.expose()))
        return std::unexpected{usage("the two are not the same")};
    return first;
}

Result<void, Refusal> encrypt(EncryptionCommand const& command) {
    service::DataPaths const paths{fs::absolute(command.data)};
    auto const lock = TRY(hold(paths));
    auto const passphrase =
        TRY(ask(command.passphrase_file, PassphraseKind::fresh, "New passphrase of the keys: "));
    crypto::SystemRandomness randomness;
    return map_fault(service::encrypt_keys(paths.keys(), passphrase, randomness), key_refusal);
}

Result<void, Refusal> decrypt(EncryptionCommand const& command) {
    service::DataPaths const paths{fs::absolute(command.data)};
    auto const lock = TRY(hold(paths));
    auto const passphrase =
        TRY(ask(command.passphrase_file, PassphraseKind::present, "Passphrase of the keys: "));
    crypto::SystemRandomness randomness;
    return map_fault(service::decrypt_keys(paths.keys(), passphrase, randomness), key_refusal);
}

Result<void, Refusal> change(EncryptionCommand const& command) {
    service::DataPaths const paths{fs::absolute(command.data)};
    auto const lock = TRY(hold(paths));
    auto before = TRY(ask(command.passphrase_file, PassphraseKind::present, "Passphrase of the keys: "));
    service::PassphraseChange const wanted{.before = std::move(before),
                                           .after = TRY(ask_fresh(command.fresh_passphrase_file))};
    crypto::SystemRandomness randomness;
    return map_fault(service::change_passphrase(paths.keys(), wanted, randomness), key_refusal);
}

ExitCode report(Result<void, Refusal> const& outcome, std::string_view done) {
    if (!outcome)
        return fail(outcome.error().code, outcome.error().reason);
    fmt::print("{}\n", done);
    return ExitCode::good;
}

} // namespace

ExitCode encrypt_keys(EncryptionCommand const& command) {
    forbid_memory_dumps();
    restrict_new_files();
    return report(encrypt(command),
                  "the keys are encrypted: the server needs the passphrase at each start from now on\n"
                  "Backups made before hold them as they were: remove those, or keep them as you keep keys.");
}

ExitCode decrypt_keys(EncryptionCommand const& command) {
    forbid_memory_dumps();
    restrict_new_files();
    return report(decrypt(command),
                  "the keys are not encrypted any more: take the passphrase out of the configuration");
}

ExitCode change_passphrase(EncryptionCommand const& command) {
    forbid_memory_dumps();
    restrict_new_files();
    return report(change(command),
                  "the keys open with the new passphrase; those of backups made before with the old one");
}

} // namespace bulla::cli
