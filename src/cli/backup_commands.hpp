// Backup, restore, and what a restored node needs before it may sign again.
//
//   BACKUP/ledger/                     the ledger's database, as of one block
//   BACKUP/keys/                       the node's keys, unless left out
//   BACKUP/backup-record/checkpoint    what was signed when the backup began; `ledger verify` compares with
//   it
//
// A backup has no guard, and none is restored: what was signed after it was made is not known here, and
// signing from an older state would make a second history. So a restored node starts only after
// recover_guard(), with the newest size that anybody has seen signed; or, if the backup ends before it, under
// a new origin, with a new log key. Sessions and guess counters are not
// kept: a session that was ended since must not come back.
#pragma once

#include "cli/output.hpp"

#include <filesystem>
#include <optional>

namespace bulla::cli {

inline constexpr std::string_view backup_record = "backup-record";

enum class KeysInBackup : std::uint8_t { included, left_out };

struct BackupCommand {
    std::filesystem::path data;
    std::filesystem::path target; // must not exist; complete or not there
    KeysInBackup keys = KeysInBackup::included;
};
// Beside a running server or without one. 0 made, 2 no data directory or the target exists, 3 no answer or no
// room.
ExitCode back_up(BackupCommand const& command);

struct RestoreCommand {
    std::filesystem::path backup;
    std::filesystem::path data; // must not exist, or be empty
    std::optional<std::filesystem::path> keys; // where the backup has none
    std::filesystem::path passphrase_file; // when they are encrypted; else it is asked for
};
// Verifies the whole backup first: 1 when anything in it is wrong.
ExitCode restore(RestoreCommand const& command);

struct RecoverGuardCommand {
    std::filesystem::path data;
    std::uint64_t size = 0; // of the newest checkpoint that anybody has seen
    std::string new_origin = {}; // not empty: the log goes on under it, and `size` does not matter
    std::filesystem::path passphrase_file = {}; // with new_origin, when the keys are encrypted
};
// 0 the log can go on, 1 the ledger ends before that size, or the policy's delay must pass first, 2 there is
// a guard, no data directory, or the origin will not do.
ExitCode recover_guard(RecoverGuardCommand const& command);

} // namespace bulla::cli
