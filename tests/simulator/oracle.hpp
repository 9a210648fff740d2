// What the simulator remembers outside of the node: each thing asked for, and each thing acknowledged.
//
// It lies in memory that the lives of a node share, so that it survives each of them. Nothing here points
// anywhere.
#pragma once

#include "base/bytes.hpp"

#include <array>
#include <bitset>
#include <string_view>

namespace bulla::test {

inline constexpr std::size_t accounts_max = 5;
inline constexpr std::size_t versions_max = 48;
inline constexpr std::size_t sessions_max = 48;
inline constexpr std::size_t checkpoints_max = 256;

using HashBytes = std::array<std::uint8_t, 32>;

// The account as its entries have made it, version by version.
struct RememberedAccount {
    struct Version {
        HashBytes head{};             // leaf hash of the entry that made it
        std::uint16_t password = 0;   // in force after it; 0: erased
        std::uint16_t devices = 0;    // that were ever added
    };
    std::array<Version, versions_max> versions{}; // by number; 0: never registered
    std::uint64_t acknowledged = 0;
    std::uint64_t attempted = 0;
    std::uint16_t passwords_used = 0;

    // A counter of the live database.
    std::uint64_t count_synced = 0;
    std::uint64_t count_acknowledged = 0;
    std::uint64_t count_attempted = 0;
};

enum class SessionState : std::uint8_t { none, asked, acknowledged, synced, ending, ended };

struct RememberedCheckpoint {
    std::uint64_t size = 0;
    HashBytes root{};
};

// Rare branches. The long run must have been through each of them.
enum class Probe : std::uint8_t {
    crash_while_opening,
    crash_while_committing,
    crash_while_erasing,
    crash_in_the_background,
    unacknowledged_block_survived,
    unacknowledged_block_lost,
    ledger_ahead_of_guard,
    log_ends_in_half_a_record,
    unsynced_session_lost,
    unsynced_session_survived,
    log_out_cut_short,
    full_disk_refused_a_block,
    went_on_after_a_full_disk,
    failed_sync_ended_the_process,
    failed_write_ended_the_process,
    broken_disk_refused_a_start,
    erased_after_a_crash,
    old_copy_refused,
    clock_went_back,
    replay_refused,
    label_registered_again,
    count,
};
std::string_view name(Probe probe);
inline constexpr auto probe_count = std::size_t(Probe::count);

struct Oracle {
    std::array<RememberedAccount, accounts_max> accounts{};
    std::array<SessionState, sessions_max> sessions{};
    std::size_t session_count = 0;
    std::array<RememberedCheckpoint, checkpoints_max> checkpoints{}; // every one that was signed
    std::size_t checkpoint_count = 0;
    std::uint64_t size_attempted = 0;
    std::uint64_t clock = 0; // milliseconds
    std::uint64_t copy_size = 0; // of the log in the copy; 0: there is none
    std::uint64_t lives = 0;
    std::uint64_t acknowledged = 0; // entries and live writes
    std::uint64_t refused = 0;

    bool is_open = false;      // in this life
    bool is_erasing = false;
    bool was_erasing = false;  // when the life before ended
    bool is_power_cut = false; // how it ended
    std::bitset<probe_count> probes;
    HashBytes trace{};
    // Until a fault strikes one of RocksDB's threads: from then on the kernel's schedule decides.
    bool is_traced = true;

    // What happened, in the order it happened, is hashed into the trace.
    void note(std::string_view what, std::uint64_t number = 0);
    void remember_checkpoint(std::uint64_t size, base::ByteView root);
    void reach(Probe probe) { probes.set(std::size_t(probe)); }
};

} // namespace bulla::test
