// Makes the bytes of erased accounts and replaced password records leave the disk, within seconds and behind
// the answers' back. The database remembers what is left to do, so a start goes on where a death stopped it.
//
// Rewriting tables takes at most a twentieth of the time, however many rows are erased: those that come
// meanwhile are done together. A full disk is tried again; any other failure ends the process, as every
// failed write does.
#pragma once

#include "base/mutex.hpp"
#include "net/thread.hpp"
#include "store/ledger_database.hpp"

namespace bulla::cli {

class ErasureKeeper {
public:
    explicit ErasureKeeper(store::LedgerDatabase& ledger); // outlives the keeper

private:
    void run(std::stop_token const& stop);
    void erase();

    store::LedgerDatabase& ledger_;
    base::Mutex mutex_;
    base::Condition wake_;
    net::Thread thread_; // last
};

} // namespace bulla::cli
