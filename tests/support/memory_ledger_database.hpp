// A ledger's database in memory, for tests of what stands on one: rows are plain values that can be copied,
// damaged and put back, and a commit can be held or made to fail.
#pragma once

#include "base/mutex.hpp"
#include "support/owners_by_walk.hpp"

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
    }
    // Commits wait from hold() to release().
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

    store::Stored<std::optional<store::Tip>> load_tip() override { return rows().tip; }
    store::Stored<base::ByteBuffer> load_entry(ledger::LeafIndex index) override {
        return found(rows().entries, index.number());
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
    store::Stored<ledger::NodesRow> load_nodes() override { return present(rows().nodes); }
    store::Stored<ledger::PolicyRow> load_policy() override { return present(rows().policy); }
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
    store::Stored<store::EngineHeight> load_engine_height() override { return rows().engine_height; }
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
        return find(rows().kept, key);
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
    store::Stored<void> each_kept(KeptVisitor visit) override { return each(rows().kept, visit); }
    store::Stored<void> mend_side_row(store::SideWrite const& write) override {
        base::Lock const lock(mutex_);
        rows_.apply(write);
        return {};
    }

    store::Stored<void> each_account(AccountVisitor visit) override { return each(rows().accounts, visit); }
    store::Stored<void> each_account_head(AccountHeadVisitor visit) override {
        return each(rows().accounts, [&](ledger::Label const& label, ledger::AccountRow const& row) {
            return visit(label, row.head.encode());
        });
    }
    store::Stored<void> each_signing_key(SigningKeyVisitor visit) override {
        return each(rows().signing_keys, visit);
    }
    store::Stored<void> each_network_row(NetworkRowVisitor visit) override {
        return each(rows().network_rows, visit);
    }
    store::Stored<void> each_side_row(SideRowVisitor visit) override { return each(rows().side_rows, visit); }
    store::Stored<void> each_entry(ledger::LeafIndex first, EntryVisitor visit) override {
        return each(rows().entries, [&](std::uint64_t index, base::ByteBuffer const& bytes) {
            return index < first.number() || visit(ledger::LeafIndex{index}, bytes);
        });
    }
    store::Stored<void> each_tile(TileVisitor visit) override {
        return each(rows().tiles, [&](auto const& place, base::ByteBuffer const& hashes) {
            return visit(place.first, place.second, hashes);
        });
    }

    store::Stored<void> verify_files() override { return {}; }
    bool has_space() override { return has_space_; }
    void keep_reserve(store::Reserve&) override {}
    void fill_up() { has_space_ = false; }
    void make_room() { has_space_ = true; }
    store::Stored<std::size_t> erase_now() override { return 0; }
    store::Stored<void> checkpoint(std::filesystem::path const&) override { return {}; }

private:
    template <class Map>
    static std::optional<typename Map::mapped_type> find(Map const& map, typename Map::key_type const& key) {
        auto const place = map.find(key);
        return place == map.end() ? std::nullopt : std::optional(place->second);
    }
    template <class Map>
    static store::Stored<typename Map::mapped_type> found(Map const& map, typename Map::key_type const& key) {
        return present(find(map, key));
    }
    template <class T>
    static store::Stored<T> present(std::optional<T> row) {
        if (!row)
            return std::unexpected{store::StoreFault{store::StoreFaultKind::damaged, "memory", "missing"}};
        return *std::move(row);
    }
    template <class Map, class Visit>
    static store::Stored<void> each(Map const& map, Visit const& visit) {
        for (auto const& [key, value] : map)
            if (!visit(key, value))
                break;
        return {};
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
