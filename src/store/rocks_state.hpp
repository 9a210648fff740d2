// State rows (state_rows.hpp) in the families of the ledger's database.
#pragma once

#include "store/rocks.hpp"
#include "store/state_rows.hpp"

#include <array>
#include <atomic>

namespace bulla::store {

class RocksState {
public:
    // The families of accounts, signing keys and network rows, in this order.
    RocksState(Rocks& rocks, std::array<std::size_t, state_families> families)
        : rocks_(rocks), families_(families) {}

    std::unique_ptr<StateView> view();
    bool is_viewed() const { return views_.load() > 0; }
    // A row that does not decode is damaged.
    Stored<void> put(rocksdb::WriteBatch& batch, StateRow const& row);

private:
    class View;

    Rocks& rocks_;
    std::array<std::size_t, state_families> families_;
    std::atomic<std::size_t> views_{0};
};

} // namespace bulla::store
