// Keeps the directory's map file near the head, so that a start is quick, and checks the hashes of the one
// that this start believed.
//
// First every inner node is hashed again, if they came from the file: a difference ends the process, and the
// file is renamed, so that the next start builds from the rows. Then a new file is written whenever the one
// that lies there is a thirty-second of the accounts behind, or 4,096 entries, and at the end when it is a
// thousandth behind. Writing takes at most a twentieth of the time and never holds up a commit: it reads a
// snapshot. A file that cannot be written is tried again later: nothing depends on it.
#pragma once

#include "base/mutex.hpp"
#include "net/thread.hpp"
#include "sequencer/directory_open.hpp"

#include <spdlog/logger.h>

namespace bulla::cli {

class MapKeeper {
public:
    // What the start did, for the log, and where the file lies.
    struct Start {
        std::filesystem::path file;
        sequencer::DirectoryOrigin origin;
    };
    MapKeeper(sequencer::HeadFeed const& heads, Start start,
              std::shared_ptr<spdlog::logger> log); // outlive it
    ~MapKeeper();

private:
    void run(std::stop_token const& stop);
    void report_start() const;
    void check_believed_hashes(std::stop_token const& stop) const;
    void store_if_behind(std::uint64_t behind_max);
    void store(sequencer::HeadPointer const& head);
    std::uint64_t entries_behind(sequencer::Head const& head) const;

    sequencer::HeadFeed const& heads_;
    Start const start_;
    sequencer::HeadPointer const first_; // as it was opened
    std::shared_ptr<spdlog::logger> log_;
    std::uint64_t size_in_file_; // of the log, as of the file's block; the thread's alone while it runs
    base::Mutex mutex_;
    base::Condition wake_;
    net::Thread thread_; // last
};

} // namespace bulla::cli
