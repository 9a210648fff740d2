// The reserve: a file that holds 64 MiB of the disk back, for what must be written when the disk is full.
//
// While it is kept, the ledger's blocks are refused when little is free beside it. Then it is released, and
// its space is there for the guard, for log-outs and for the counters of guesses. It is taken again when as
// much is free once more, and blocks are refused until then. Safe from any thread.
#pragma once

#include "base/mutex.hpp"

#include <cstdint>
#include <filesystem>

namespace bulla::store {

inline constexpr std::uint64_t reserve_size = 64 << 20;
inline constexpr std::uint64_t start_needs = 4 << 20; // what opening the databases writes

class Reserve {
public:
    // What an earlier process has left is kept on.
    explicit Reserve(std::filesystem::path file);

    // Whether blocks may be written, with `free` bytes free on the disk and `wanted` to be left after the
    // reserve. Takes or releases it as that says.
    bool has_room(std::uint64_t free, std::uint64_t wanted);
    void release();
    // Released when less than start_needs is free: the databases must open for a log-out to be written.
    void make_room_for_start();

private:
    bool take() REQUIRES(mutex_);
    void drop() REQUIRES(mutex_);

    std::filesystem::path const file_;
    base::Mutex mutex_;
    bool is_kept_ GUARDED_BY(mutex_);
};

} // namespace bulla::store
