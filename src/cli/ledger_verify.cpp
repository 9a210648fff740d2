#include "base/encoding.hpp"
#include "cli/backup_commands.hpp"
#include "cli/ledger_commands.hpp"
#include "cli/ledger_reader.hpp"
#include "cli/output.hpp"
#include "cli/passphrase.hpp"
#include "cli/progress_bar.hpp"
#include "cli/start_messages.hpp"
#include "service/verify.hpp"

#include <fmt/format.h>

namespace bulla::cli {
namespace {

namespace fs = std::filesystem;

std::string reason_text(service::WrongThing const& wrong) {
    std::string text(service::name(wrong.reason));
    if (wrong.audit)
        text = ledger::name(wrong.audit->reason);
    if (wrong.audit && wrong.audit->rejection)
        text += fmt::format(": {}", ledger::name(*wrong.audit->rejection));
    if (!wrong.detail.empty())
        text += fmt::format(" ({})", wrong.detail);
    return text;
}

// Places of the store are whole paths: what lies below the data directory is named from there.
std::string file_text(std::string const& file, fs::path const& data) {
    auto const prefix = (fs::absolute(data).lexically_normal() / "").string();
    if (file.starts_with(prefix))
        return file.substr(prefix.size());
    auto const as_given = (data / "").string();
    return file.starts_with(as_given) ? file.substr(as_given.size()) : file;
}

boost::json::object to_json(service::Verification const& verification, fs::path const& data) {
    boost::json::object out;
    out["ok"] = !verification.wrong;
    out["entries"] = verification.entries;
    out["blocks"] = verification.blocks;
    out["size"] = verification.size;
    out["root"] = nullptr;
    if (verification.root)
        out["root"] = base::to_base64(*verification.root);
    out["removed"] = verification.is_of_removed_node;
    out["lacking"] = verification.lacking;
    out["fault"] = nullptr;
    if (auto const& wrong = verification.wrong) {
        boost::json::object fault;
        fault["index"] =
            wrong->index ? boost::json::value(wrong->index->number()) : boost::json::value(nullptr);
        fault["file"] = file_text(wrong->file, data);
        fault["reason"] = reason_text(*wrong);
        out["fault"] = std::move(fault);
    }
    return out;
}

bool is_of_map_file(service::VerifyReason reason) {
    return reason == service::VerifyReason::map_file_damaged ||
           reason == service::VerifyReason::map_file_differs;
}

void print_text(service::Verification const& verification, fs::path const& data) {
    auto const& wrong = verification.wrong;
    if (!wrong) {
        fmt::print("the ledger is whole: {} in {}, size {}{}\n",
                   print_count(verification.entries, "entry", "entries"),
                   print_count(verification.blocks, "block", "blocks"), verification.size,
                   verification.root ? "\nroot " + base::to_base64(*verification.root) : "");
        if (verification.is_of_removed_node)
            fmt::print("this node was removed from the network, and is brought no records any more; "
                       "accounts whose records are old or not here: {}\n",
                       verification.lacking);
        return;
    }
    auto const place =
        wrong->index ? fmt::format("entry {}", wrong->index->number()) : std::string("the ledger");
    fmt::print("{} IS WRONG: {} in {}\n", place, reason_text(*wrong), file_text(wrong->file, data));
    if (is_of_map_file(wrong->reason))
        fmt::print("All else is whole. This file is a cache: remove it, and the server makes it again.\n");
}

ExitCode report(service::Verification const& verification, VerifyCommand const& command) {
    if (command.form == OutputForm::json)
        print_json(to_json(verification, command.data));
    else
        print_text(verification, command.data);
    return verification.wrong ? ExitCode::refused : ExitCode::good;
}

// What opens the keys that will be compared. Nobody is asked: a watch runs this without a terminal.
Result<service::Passphrase, std::string> passphrase_of(VerifyCommand const& command) {
    auto const directory = service::DataPaths{command.data}.keys();
    if (!service::is_encrypted(directory))
        return service::Passphrase{};
    auto passphrase = TRY(find_passphrase(command.passphrase_file));
    if (!passphrase)
        return passphrase;
    auto const opened = service::KeyDirectory::open(directory, passphrase);
    if (!opened && opened.error().kind != service::KeyFaultKind::damaged)
        return std::unexpected{describe(opened.error())};
    return passphrase;
}

// Whose data these are, by its node key; nothing where that cannot be read.
std::optional<ledger::NodeId> find_node(fs::path const& data, service::Passphrase const& passphrase) {
    auto const directory = service::KeyDirectory::open(service::DataPaths{data}.keys(), passphrase);
    if (!directory)
        return std::nullopt;
    auto const seed = directory->read("node", 32);
    if (!seed)
        return std::nullopt;
    auto const key = crypto::Ed25519KeyPair::from_seed(crypto::Ed25519Seed::from(seed->expose()));
    return ledger::make_node_id(key.public_key());
}

// A copy for others holds no keys; where they are, they must be the ledger's.
std::optional<service::WrongThing> find_wrong_key(fs::path const& data, store::LedgerDatabase& ledger,
                                                  service::Passphrase const& passphrase) {
    service::DataPaths const paths{data};
    std::error_code error;
    if (!fs::is_directory(paths.keys(), error))
        return std::nullopt;
    auto const checked = service::check_keys(paths, ledger, passphrase);
    if (checked)
        return std::nullopt;
    if (checked.error().key && checked.error().key->kind == service::KeyFaultKind::passphrase_missing) {
        fmt::print(stderr, "bulla: the keys are encrypted and were not compared with the ledger: name the "
                           "file of their passphrase with --passphrase-file\n");
        return std::nullopt;
    }
    return service::WrongThing{
        .index = {}, .file = checked.error().place.string(), .reason = service::VerifyReason::key_differs};
}

ExitCode report_unread(ReadFault const& fault, VerifyCommand const& command) {
    switch (fault.kind) {
    case ReadFault::Kind::no_directory:
        return fail(ExitCode::usage, fmt::format("{}: no data directory of Bulla", command.data.string()));
    case ReadFault::Kind::no_answer:
        return fail(ExitCode::unreachable,
                    "the server running on this directory did not hand out a copy: try again");
    case ReadFault::Kind::store: break;
    }
    CHECK(fault.store.has_value());
    if (fault.store->kind == store::StoreFaultKind::in_use)
        return fail(ExitCode::unreachable,
                    "a server runs on this directory, but its control socket does not answer");
    service::Verification verification;
    verification.wrong = service::wrong_store(*fault.store, std::nullopt);
    return report(verification, command);
}

} // namespace

ExitCode verify_data(VerifyCommand const& command) {
    service::VerifyOptions options{
        .guard = {}, .kept_checkpoint = {}, .threads = command.threads, .progress = {}};
    options.map_file = service::DataPaths{command.data}.map_file();
    if (command.checkpoint) {
        auto const text = read_text_file(*command.checkpoint);
        if (!text)
            return fail(ExitCode::usage, text.error());
        options.kept_checkpoint = *text;
    }
    auto const passphrase = passphrase_of(command);
    if (!passphrase)
        return fail(ExitCode::usage, passphrase.error());
    auto reader = LedgerReader::open(command.data);
    if (!reader)
        return report_unread(reader.error(), command);
    options.node = find_node(command.data, *passphrase);
    options.guard = reader->guard();
    std::error_code error;
    if (fs::is_directory(command.data / backup_record, error))
        options.guard = command.data / backup_record;
    service::Verification verification;
    {
        ProgressBar bar("verifying");
        options.progress = [&bar](std::uint64_t done, std::uint64_t size) { bar.show(done, size); };
        verification = service::verify_ledger(reader->ledger(), options);
    }
    if (!verification.wrong && !verification.is_of_removed_node)
        verification.wrong = find_wrong_key(command.data, reader->ledger(), *passphrase);
    return report(verification, command);
}

} // namespace bulla::cli
