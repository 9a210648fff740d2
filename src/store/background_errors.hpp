// Errors of RocksDB's own threads: the first one that is not a full disk stays, and every later call answers
// it.
#pragma once

#include "base/mutex.hpp"
#include "store/status.hpp"

#include <rocksdb/listener.h>

#include <atomic>
#include <optional>

namespace bulla::store {

class BackgroundErrors : public rocksdb::EventListener {
public:
    std::optional<StoreFault> first() const {
        if (!is_any_.load(std::memory_order_acquire)) [[likely]]
            return std::nullopt;
        base::Lock const lock(mutex_);
        return first_;
    }

    // A full disk anywhere, also in a table being written: until Rocks resumes, RocksDB refuses writes.
    bool has_met_full_disk() const { return has_met_full_disk_.load(); }
    void remember_full_disk() { has_met_full_disk_ = true; }
    void forget_full_disk() { has_met_full_disk_ = false; }

    void OnBackgroundError(rocksdb::BackgroundErrorReason /*reason*/, rocksdb::Status* error) override {
        if (error->IsNoSpace())
            return remember_full_disk();
        base::Lock const lock(mutex_);
        if (first_)
            return;
        first_ = {.kind = StoreFaultKind::failed, .place = "background work", .detail = error->ToString()};
        is_any_.store(true, std::memory_order_release);
    }
    // Only Rocks resumes, and after a full disk alone.
    void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason /*reason*/, rocksdb::Status /*error*/,
                              bool* recover_by_itself) override {
        *recover_by_itself = false;
    }

private:
    std::atomic<bool> has_met_full_disk_ = false;
    std::atomic<bool> is_any_ = false;
    mutable base::Mutex mutex_;
    std::optional<StoreFault> first_ GUARDED_BY(mutex_);
};

} // namespace bulla::store
