#include "simulator/oracle.hpp"

#include "base/big_endian.hpp"
#include "crypto/hash.hpp"

namespace bulla::test {

std::string_view name(Probe probe) {
    switch (probe) {
    case Probe::crash_while_opening: return "crash while opening";
    case Probe::crash_while_committing: return "crash while committing";
    case Probe::crash_while_erasing: return "crash while erasing";
    case Probe::crash_in_the_background: return "crash in the background";
    case Probe::unacknowledged_block_survived: return "unacknowledged block survived";
    case Probe::unacknowledged_block_lost: return "unacknowledged block lost";
    case Probe::ledger_ahead_of_guard: return "ledger ahead of guard";
    case Probe::log_ends_in_half_a_record: return "log ends in half a record";
    case Probe::unsynced_session_lost: return "unsynced session lost";
    case Probe::unsynced_session_survived: return "unsynced session survived";
    case Probe::log_out_cut_short: return "log-out cut short";
    case Probe::full_disk_refused_a_block: return "full disk refused a block";
    case Probe::went_on_after_a_full_disk: return "went on after a full disk";
    case Probe::failed_sync_ended_the_process: return "failed sync ended the process";
    case Probe::failed_write_ended_the_process: return "failed write ended the process";
    case Probe::broken_disk_refused_a_start: return "broken disk refused a start";
    case Probe::erased_after_a_crash: return "erased after a crash";
    case Probe::old_copy_refused: return "old copy refused";
    case Probe::clock_went_back: return "clock went back";
    case Probe::replay_refused: return "replay refused";
    case Probe::label_registered_again: return "label registered again";
    case Probe::count: break;
    }
    CHECK_UNREACHABLE();
}

void Oracle::note(std::string_view what, std::uint64_t number) {
    if (!is_traced)
        return;
    auto const digest = crypto::sha256({base::ByteView(trace), base::as_bytes(what), base::u64be(number)});
    std::ranges::copy(digest.view(), trace.begin());
}

void Oracle::remember_checkpoint(std::uint64_t size, base::ByteView root) {
    if (checkpoint_count > 0 && checkpoints[checkpoint_count - 1].size == size)
        return;
    CHECK(checkpoint_count < checkpoints_max);
    auto& checkpoint = checkpoints[checkpoint_count++];
    checkpoint.size = size;
    std::ranges::copy(root, checkpoint.root.begin());
}

} // namespace bulla::test
