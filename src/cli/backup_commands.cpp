#include "cli/backup_commands.hpp"

#include "cli/control.hpp"
#include "cli/entry_text.hpp"
#include "cli/file_tree.hpp"
#include "cli/hardening.hpp"
#include "cli/ledger_commands.hpp"
#include "cli/node_readings.hpp"
#include "cli/passphrase.hpp"
#include "cli/start_messages.hpp"
#include "crypto/random.hpp"
#include "net/system_clock.hpp"
#include "service/founding.hpp"
#include "service/new_log.hpp"
#include "service/verify.hpp"

#include <fmt/format.h>

#include <fstream>

namespace bulla::cli {
namespace {

namespace fs = std::filesystem;
using service::DataPaths;

struct Refusal {
    ExitCode code = ExitCode::unreachable;
    std::string reason;
};
auto const no_room = [](std::string reason) {
    return Refusal{.code = ExitCode::unreachable, .reason = std::move(reason)};
};
std::unexpected<Refusal> refuse(ExitCode code, std::string reason) {
    return std::unexpected{Refusal{.code = code, .reason = std::move(reason)}};
}

bool is_absent_or_empty(fs::path const& directory) {
    std::error_code error;
    return !fs::exists(fs::symlink_status(directory, error)) ||
           (fs::is_directory(directory, error) && fs::is_empty(directory, error) && !error);
}

fs::path without_slash(fs::path const& path) {
    auto const absolute = fs::absolute(path).lexically_normal();
    return absolute.has_filename() ? absolute : absolute.parent_path();
}

// The ledger's files at rest: a copy that the running server made, or the database itself under its lock.
class StillLedger {
public:
    static Result<StillLedger, Refusal> hold(DataPaths const& paths) {
        StillLedger held;
        std::error_code error;
        if (fs::is_socket(control_socket(paths.data), error)) {
            auto const copy = request_ledger_copy(paths.data);
            if (!copy && copy.error() == ControlFault::refused)
                return refuse(ExitCode::unreachable,
                              "the server running on this directory did not hand out a copy: try again");
            if (copy) {
                held.directory_ = *copy;
                held.to_remove_ = *copy;
                return held;
            }
        }
        auto lock = service::DirectoryLock::take(paths.lock());
        if (!lock)
            return refuse(ExitCode::unreachable, describe(lock.error()));
        held.lock_.emplace(*std::move(lock));
        held.directory_ = paths.ledger();
        return held;
    }
    StillLedger(StillLedger&&) = default;
    StillLedger& operator=(StillLedger&&) = default;
    ~StillLedger() {
        std::error_code ignored;
        if (!to_remove_.empty())
            fs::remove_all(to_remove_, ignored);
    }
    fs::path const& directory() const { return directory_; }

private:
    StillLedger() = default;
    fs::path directory_;
    fs::path to_remove_;
    std::optional<service::DirectoryLock> lock_;
};

Result<void, Refusal> build_backup(BackupCommand const& command, fs::path const& building) {
    DataPaths const paths{command.data};
    std::error_code error;
    if (!fs::create_directory(building, error))
        return refuse(ExitCode::unreachable, fmt::format("{}: {}", building.string(), error.message()));
    // The record first: the copy then holds at least what it says was signed.
    auto const signed_last = paths.guard() / "checkpoint";
    auto const record = building / backup_record;
    fs::create_directory(record, error);
    if (!fs::copy_file(signed_last, record / "checkpoint", error))
        return refuse(
            fs::exists(signed_last) ? ExitCode::unreachable : ExitCode::usage,
            fmt::format("{}, copied to {}: {}", signed_last.string(), record.string(), error.message()));
    auto const still = TRY(StillLedger::hold(paths));
    TRY(map_fault(copy_tree(still.directory(), building / "ledger"), no_room));
    if (command.keys == KeysInBackup::included)
        TRY(map_fault(copy_tree(paths.keys(), building / "keys"), no_room));
    return {};
}

Result<void, Refusal> make_backup(BackupCommand const& command, fs::path const& target) {
    std::error_code error;
    if (!fs::is_directory(DataPaths{command.data}.ledger(), error))
        return refuse(ExitCode::usage, fmt::format("{}: no data directory of Bulla", command.data.string()));
    if (!is_absent_or_empty(target))
        return refuse(ExitCode::usage, fmt::format("{}: is there already", target.string()));
    auto const building = fs::path(target).concat(".new");
    fs::remove_all(building, error);
    auto built = build_backup(command, building);
    if (!built) {
        fs::remove_all(building, error);
        return built;
    }
    return map_fault(publish_directory(building, target), no_room);
}

// For the metric that says how old the newest backup is. A data directory that cannot be written to is no
// reason to call a good backup a failure.
void mark_backup(fs::path const& data) {
    std::ofstream(backup_mark(data)) << "bulla backup ended here\n";
}

Result<void, Refusal> check_backup(RestoreCommand const& command) {
    VerifyCommand const verify{.data = command.backup,
                               .checkpoint = {},
                               .passphrase_file = command.passphrase_file,
                               .threads = 0,
                               .form = OutputForm::text};
    if (auto const code = verify_data(verify); code != ExitCode::good)
        return refuse(code, "nothing was restored: the backup is not whole");
    return {};
}

Result<void, Refusal> build_restored(RestoreCommand const& command, fs::path const& building,
                                     service::Passphrase const& passphrase) {
    DataPaths const backup{command.backup};
    std::error_code error;
    if (!fs::create_directory(building, error))
        return refuse(ExitCode::unreachable, fmt::format("{}: {}", building.string(), error.message()));
    TRY(map_fault(copy_tree(backup.ledger(), building / "ledger"), no_room));
    TRY(map_fault(copy_tree(command.keys.value_or(backup.keys()), building / "keys"), no_room));
    auto const ledger = store::LedgerDatabase::open(DataPaths{building}.ledger(), store::OpenMode::read_only);
    if (!ledger)
        return refuse(ExitCode::refused, describe(ledger.error()));
    if (auto const keys = service::check_keys({building}, **ledger, passphrase); !keys)
        return refuse(ExitCode::usage, describe(keys.error()));
    return {};
}

// The passphrase of the backup's keys, if they are encrypted: it is tried before anything is copied.
Result<service::Passphrase, Refusal> find_opening(RestoreCommand const& command) {
    auto const refusal = [](std::string reason) {
        return Refusal{.code = ExitCode::usage, .reason = std::move(reason)};
    };
    auto const keys = command.keys.value_or(DataPaths{command.backup}.keys());
    auto passphrase = TRY(map_fault(passphrase_for(keys, command.passphrase_file), refusal));
    if (auto const opened = service::KeyDirectory::open(keys, passphrase); !opened)
        return refuse(ExitCode::usage, describe(opened.error()));
    return passphrase;
}

Result<void, Refusal> make_restored(RestoreCommand const& command, fs::path const& data) {
    DataPaths const backup{command.backup};
    std::error_code error;
    if (!fs::is_directory(command.backup / backup_record, error))
        return refuse(ExitCode::usage, fmt::format("{}: no backup of Bulla", command.backup.string()));
    if (!is_absent_or_empty(data))
        return refuse(ExitCode::usage, fmt::format("{}: is there already, and not empty", data.string()));
    if (!fs::is_directory(command.keys.value_or(backup.keys()), error))
        return refuse(ExitCode::usage, "the backup holds no keys: name their directory with --keys");
    auto const passphrase = TRY(find_opening(command));
    TRY(check_backup(command));
    auto const building = fs::path(data).concat(".new");
    fs::remove_all(building, error);
    auto built = build_restored(command, building, passphrase);
    if (!built) {
        fs::remove_all(building, error);
        return built;
    }
    return map_fault(publish_directory(building, data), no_room);
}

struct SignedLog {
    std::string origin;
    std::uint64_t size = 0;
};
Result<SignedLog, Refusal> load_log(DataPaths const& paths) {
    auto const unread = [](store::StoreFault const& fault) {
        return Refusal{.code = ExitCode::unreachable, .reason = describe(fault)};
    };
    auto const ledger =
        TRY(map_fault(store::LedgerDatabase::open(paths.ledger(), store::OpenMode::read_only), unread));
    auto const tip = TRY(map_fault(ledger->load_tip(), unread));
    auto nodes = TRY(map_fault(ledger->load_nodes(), unread));
    return SignedLog{.origin = std::move(nodes.origin), .size = tip ? tip->block_index.number() + 1 : 0};
}

Result<std::uint64_t, Refusal> make_guard(RecoverGuardCommand const& command) {
    DataPaths const paths{command.data};
    std::error_code error;
    if (!fs::is_directory(paths.ledger(), error))
        return refuse(ExitCode::usage, fmt::format("{}: no data directory of Bulla", command.data.string()));
    auto const lock = service::DirectoryLock::take(paths.lock());
    if (!lock)
        return refuse(ExitCode::unreachable, describe(lock.error()));
    if (fs::exists(paths.guard() / "checkpoint", error))
        return refuse(ExitCode::usage,
                      fmt::format("{}: the guard is there; it is never replaced", paths.guard().string()));
    auto const log = TRY(load_log(paths));
    if (log.size < command.size)
        return refuse(
            ExitCode::refused,
            fmt::format("the ledger has {} entries, but {} were signed: what came after this backup is "
                        "not in it, and signing on would make a second history. It can go on from here under "
                        "another name: bulla recover-guard --new-origin ORIGIN",
                        log.size, command.size));
    if (!sequencer::Guard::open(paths.guard(), log.origin, sequencer::Guard::Start::first))
        return refuse(ExitCode::unreachable, fmt::format("{}: cannot be written", paths.guard().string()));
    return log.size;
}

// --- under a new origin

Refusal refusal_of(service::NewLogFault const& fault) {
    using enum service::NewLogFault::Kind;
    switch (fault.kind) {
    case malformed_origin:
        return {ExitCode::usage, "an origin is a host, and mostly a path: auth.example.org/log-2"};
    case used_origin:
        return {ExitCode::usage, "this log has had that name: name one under which nothing was ever signed"};
    case a_network:
        return {ExitCode::usage,
                "this is a node of a network: it takes the blocks from the others, and their "
                "operators decide together about the log's key"};
    case no_operator:
        return {ExitCode::refused, "keys/operator is not the key of an operator that the list names"};
    case moved: return {ExitCode::refused, "this log goes on elsewhere: it must not sign here again"};
    case refused:
        return {ExitCode::refused,
                fmt::format("the ledger does not take the change: {}",
                            fault.rejection ? ledger::name(*fault.rejection) : std::string_view("refused"))};
    case founding:
        return {ExitCode::unreachable, fault.founding ? describe(*fault.founding) : "it cannot be read"};
    }
    CHECK_UNREACHABLE();
}

Result<service::NewLog, Refusal> make_new_log(RecoverGuardCommand const& command) {
    DataPaths const paths{command.data};
    std::error_code error;
    if (!fs::is_directory(paths.ledger(), error))
        return refuse(ExitCode::usage, fmt::format("{}: no data directory of Bulla", command.data.string()));
    auto const lock = service::DirectoryLock::take(paths.lock());
    if (!lock)
        return refuse(ExitCode::unreachable, describe(lock.error()));
    auto const passphrase =
        TRY(map_fault(passphrase_for(paths.keys(), command.passphrase_file),
                      [](std::string reason) { return Refusal{ExitCode::usage, std::move(reason)}; }));
    crypto::SystemRandomness randomness;
    net::SystemClock const clock;
    return map_fault(service::begin_new_log({paths, command.new_origin, passphrase, clock, randomness}),
                     refusal_of);
}

ExitCode recover_under(RecoverGuardCommand const& command) {
    auto const made = make_new_log(command);
    if (!made)
        return fail(made.error().code, made.error().reason);
    if (made->apply_from)
        return fail(ExitCode::refused,
                    fmt::format("the change is proposed; the policy lets it be applied from {} on. Run this "
                                "again then: until it is, nothing is signed",
                                print_time(*made->apply_from)));
    auto const key = merkle::VerifierKey::make(made->origin, merkle::NoteKeyType::ed25519, made->log_key);
    fmt::print("the log goes on as {} at {}; nothing is signed under the old origin again\n", made->origin,
               made->size);
    fmt::print("Its verifier key, for everybody who checks it:\n  {}\n", key.print());
    return ExitCode::good;
}

} // namespace

ExitCode back_up(BackupCommand const& command) {
    restrict_new_files();
    auto const target = without_slash(command.target);
    if (auto const made = make_backup(command, target); !made)
        return fail(made.error().code, made.error().reason);
    mark_backup(command.data);
    fmt::print("backed up to {}\n", target.string());
    if (command.keys == KeysInBackup::included)
        fmt::print("It holds the node's keys: keep it as you keep them.\n");
    fmt::print("To check it: bulla ledger verify --data {}\n", target.string());
    return ExitCode::good;
}

ExitCode restore(RestoreCommand const& command) {
    restrict_new_files();
    auto const data = without_slash(command.data);
    if (auto const made = make_restored(command, data); !made)
        return fail(made.error().code, made.error().reason);
    fmt::print("restored to {}\n", data.string());
    fmt::print("Before it starts, say how far the log had been signed: the second line of the newest\n"
               "/log/checkpoint that anybody has kept.\n  bulla recover-guard --data {} --size N\n",
               data.string());
    return ExitCode::good;
}

ExitCode recover_guard(RecoverGuardCommand const& command) {
    restrict_new_files();
    if (!command.new_origin.empty())
        return recover_under(command);
    auto const made = make_guard(command);
    if (!made)
        return fail(made.error().code, made.error().reason);
    fmt::print("the guard is made anew; the log goes on at {}\n", *made);
    return ExitCode::good;
}

} // namespace bulla::cli
