// A ledger's database in memory: rows are plain values, and a commit can be held or made to fail.
#pragma once

#include "base/mutex.hpp"
#include "support/owners_by_walk.hpp"
#include "support/state_of_rows.hpp"

#include <algorithm>
#include <atomic>

namespace bulla::test {

class MemoryLedgerDatabase final : public OwnersByWalk {
public:
    MemoryLedgerDatabase() = default;
    explicit MemoryLedgerDatabase(LedgerRows rows) : rows_(std::move(rows)) {}

    LedgerRows rows() const {
        base::Lock const lock(mutex_);
        return rows_;
    }
    void put_back(LedgerRows rows) { // as from a copy made earlier
        base::Lock const lock(mutex_);
        rows_ = std::move(rows);
    }    // Commits wait from hold() to release().
    void hold() { set(Gate::held); }
    void release() { set(Gate::open); }
    // Returns once a commit is waiting.
    void await_held_commit() {
        base::Lock const lock(mutex_);
        changed_.wait(mutex_, [this]() REQUIRES(mutex_) { return waiting_; });
    }
    // The commit of this block fails, once, and leaves nothing.
    void fail_at(ledger::BlockHeight height, store::StoreFaultKind kind) {
        base::Lock const lock(mutex_);
        failures_[height.number()] = kind;
    }

    store::Stored<void> commit(store::BlockBatch const& batch) override {
        base::Lock const lock(mutex_);
        waiting_ = true;
        changed_.notify_all();
        changed_.wait(mutex_, [this]() REQUIRES(mutex_) { return !held_; });
        waiting_ = false;
        if (auto const failure = failures_.extract(batch.height.number()))
            return std::unexpected{store::StoreFault{failure.mapped(), "memory", "as the test wants"}};
        rows_.apply(batch);
        return {};
    }

    store::Stored<std::optional<store::Tip>> load_tip() override { return copy_of(&LedgerRows::tip); }
    store::Stored<base::ByteBuffer> load_entry(ledger::LeafIndex index) override {
        base::Lock const lock(mutex_);
        return found(rows_.entries, index.number());
    }
    store::Stored<std::optional<ledger::AccountRow>> load_account(ledger::Label const& label) override {
        base::Lock const lock(mutex_);
        return find(rows_.accounts, label);
    }
    store::Stored<std::optional<NearestAccount>> load_nearest_account(ledger::Label const& label) override {
        base::Lock const lock(mutex_);
        auto const lives = [](auto const& row) { return row.second.state.has_value(); };
        auto const first = rows_.accounts.lower_bound(label), end = rows_.accounts.end();
        auto found = std::find_if(first, end, lives);
        if (found == end)
            found = std::find_if(rows_.accounts.begin(), end, lives);
        return found == end ? std::nullopt : std::optional(NearestAccount{found->first, found->second});
    }
    store::Stored<std::optional<ledger::SigningKeyRow>> load_signing_key(ledger::KeyId const& kid) override {
        base::Lock const lock(mutex_);
        return find(rows_.signing_keys, kid);
    }
    store::Stored<ledger::NodesRow> load_nodes() override { return present(copy_of(&LedgerRows::nodes)); }
    store::Stored<ledger::PolicyRow> load_policy() override { return present(copy_of(&LedgerRows::policy)); }
    store::Stored<std::optional<base::ByteBuffer>> load_network_row(
        ledger::NetworkRowName const& name) override {
        base::Lock const lock(mutex_);
        return find(rows_.network_rows, name);
    }
    store::Stored<std::optional<store::SideRow>> load_side_row(ledger::Label const& label) override {
        base::Lock const lock(mutex_);
        return find(rows_.side_rows, label);
    }
    store::Stored<std::optional<base::ByteBuffer>> load_tile(std::uint8_t level,
                                                             std::uint64_t number) override {
        base::Lock const lock(mutex_);
        return find(rows_.tiles, std::pair(level, number));
    }
    store::Stored<std::optional<ledger::LeafIndex>> load_block_index(ledger::BlockHeight height) override {
        base::Lock const lock(mutex_);
        return find(rows_.blocks, height.number());
    }

    store::Stored<void> note_engine_step(store::EngineStep const& step) override {
        base::Lock const lock(mutex_);
        rows_.apply(step);
        return {};
    }
    store::Stored<store::EngineHeight> load_engine_height() override {
        return copy_of(&LedgerRows::engine_height);
    }
    store::Stored<std::optional<store::TransactionResult>> load_result(
        store::TransactionHash const& hash) override {
        base::Lock const lock(mutex_);
        return find(rows_.results, hash);
    }
    store::Stored<void> keep_writes(store::KeptKey const& key, store::KeptWrites const& kept) override {
        base::Lock const lock(mutex_);
        rows_.kept.insert_or_assign(key, kept);
        return {};
    }
    store::Stored<std::optional<store::KeptWrites>> load_kept(store::KeptKey const& key) override {
        base::Lock const lock(mutex_);
        return find(rows_.kept, key);
    }
    store::Stored<void> drop_kept(store::KeptKey const& key) override {
        base::Lock const lock(mutex_);
        rows_.kept.erase(key);
        return {};
    }
    store::Stored<std::size_t> drop_kept_before(base::Timestamp time) override {
        base::Lock const lock(mutex_);
        return std::erase_if(rows_.kept, [&](auto const& each) { return each.second.since < time; });
    }
    store::Stored<void> each_kept(KeptVisitor visit) override {
        return each(copy_of(&LedgerRows::kept), visit);
    }
    store::Stored<void> mend_side_row(store::SideWrite const& write) override {
        base::Lock const lock(mutex_);
        rows_.apply(write);
        return {};
    }

    store::Stored<void> each_account(AccountVisitor visit) override {
        return each(copy_of(&LedgerRows::accounts), visit);
    }
    store::Stored<void> each_account_head(AccountHeadVisitor visit) override {
        return each(copy_of(&LedgerRows::accounts),
                    [&](ledger::Label const& label, ledger::AccountRow const& row) {
                        return visit(label, row.head.encode());
                    });
    }
    store::Stored<void> each_signing_key(SigningKeyVisitor visit) override {
        return each(copy_of(&LedgerRows::signing_keys), visit);
    }
    store::Stored<void> each_network_row(NetworkRowVisitor visit) override {
        return each(copy_of(&LedgerRows::network_rows), visit);
    }
    store::Stored<void> each_side_row(SideRowVisitor visit) override {
        return each(copy_of(&LedgerRows::side_rows), visit);
    }
    store::Stored<void> each_entry(ledger::LeafIndex first, EntryVisitor visit) override {
        return each(copy_of(&LedgerRows::entries), [&](std::uint64_t index, base::ByteBuffer const& bytes) {
            return index < first.number() || visit(ledger::LeafIndex{index}, bytes);
        });
    }
    store::Stored<void> each_tile(TileVisitor visit) override {
        return each(copy_of(&LedgerRows::tiles), [&](auto const& place, base::ByteBuffer const& hashes) {
            return visit(place.first, place.second, hashes);
        });
    }

    std::unique_ptr<store::StateView> view_state() override { return std::make_unique<RowsView>(rows()); }
    store::Stored<void> fill_state(std::span<store::StateRow const> rows) override {
        base::Lock const lock(mutex_);
        return put_state_rows(rows_, rows);
    }
    store::Stored<void> fill_log(store::BlockBatch const& batch) override { return commit(batch); }
    store::Stored<void> verify_files() override { return {}; }
    bool has_space() override { return has_space_; }
    void keep_reserve(store::Reserve&) override {}
    void fill_up() { has_space_ = false; }
    void make_room() { has_space_ = true; }
    store::Stored<std::size_t> erase_now() override { return 0; }
    store::Stored<void> checkpoint(std::filesystem::path const&) override { return {}; }

private:
    // Of a part of the rows alone: walks call back, and must not hold the lock.
    template <class Part>
    Part copy_of(Part LedgerRows::* part) const {
        base::Lock const lock(mutex_);
        return rows_.*part;
    }

    enum class Gate : std::uint8_t { open, held };
    void set(Gate gate) {
        base::Lock const lock(mutex_);
        held_ = gate == Gate::held;
        changed_.notify_all();
    }
    mutable base::Mutex mutex_;
    base::Condition changed_;
    std::atomic<bool> has_space_ = true;
    LedgerRows rows_ GUARDED_BY(mutex_);
    std::map<std::uint64_t, store::StoreFaultKind> failures_ GUARDED_BY(mutex_);
    bool held_ GUARDED_BY(mutex_) = false;
    bool waiting_ GUARDED_BY(mutex_) = false;
};

} // namespace bulla::test
