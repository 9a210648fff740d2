// Makes snapshots behind the blocks' back, and keeps the newest two.
//
//   DIRECTORY/HEIGHT/offer       the offer (snapshot.hpp)
//   DIRECTORY/HEIGHT/chunk-N     chunk N, from 0
//   DIRECTORY/new/               one that is being made
//
// A snapshot is there once its directory has its name. One that cannot be written, or would take the last
// of the disk, is left out with a line in the log: the next comes. Nothing in it has to be erased later:
// account rows hold public keys and commitments, which the ledger's entries hold as well.
#pragma once

#include "base/mutex.hpp"
#include "net/thread.hpp"
#include "sequencer/snapshot.hpp"

#include <spdlog/logger.h>

#include <filesystem>
#include <memory>

namespace bulla::sequencer {

class SnapshotKeeper {
public:
    static constexpr std::size_t kept = 2;
    static constexpr std::size_t space_left_min = std::size_t{256} << 20; // on the disk, after each chunk

    // Takes over what stands there; what was not finished, or does not decode, is removed.
    SnapshotKeeper(std::filesystem::path directory, std::shared_ptr<spdlog::logger> log,
                   std::size_t chunk_size = chunk_size_default);
    ~SnapshotKeeper();

    // A state to be written. Without hashes in the offer: those follow. While another is being written this
    // one is left out.
    struct Order {
        SnapshotOffer offer;
        std::unique_ptr<store::StateView> view;
    };
    bool is_busy() const;
    void take(Order order);

    // The newest first; of heights up to `newest` alone.
    SnapshotList list(store::EngineHeight newest) const;
    std::optional<base::ByteBuffer> load_chunk(store::EngineHeight height, std::uint32_t number) const;

    void await_idle() const; // for tests

private:
    void read_directory();
    void run(std::stop_token const& stop);
    void make(Order& order, std::stop_token const& stop);
    bool write_chunks(Order& order, std::stop_token const& stop);
    std::filesystem::path place_of(store::EngineHeight height) const;

    std::filesystem::path const directory_;
    std::shared_ptr<spdlog::logger> const log_;
    std::size_t const chunk_size_;

    mutable base::Mutex mutex_;
    mutable base::Condition changed_;
    std::vector<SnapshotOffer> offers_ GUARDED_BY(mutex_); // ascending
    std::optional<Order> order_ GUARDED_BY(mutex_);
    bool is_busy_ GUARDED_BY(mutex_) = false;
    net::Thread thread_; // last
};

} // namespace bulla::sequencer
