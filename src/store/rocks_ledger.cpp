#include "store/rocks_ledger.hpp"

#include "base/encoding.hpp"
#include "base/mutex.hpp"
#include "merkle/tile.hpp"
#include "store/ledger_rows.hpp"
#include "store/rocks_engine.hpp"
#include "store/rocks_owners.hpp"
#include "store/rocks_state.hpp"

#include <set>

namespace bulla::store {
namespace {

using base::ByteBuffer;
using base::ByteView;
using ledger::Label;

constexpr std::string_view erasure_prefix = "erasing";

enum Family : std::size_t { entries = 1, blocks, tiles, accounts, signing_keys, network, side };

// In the order of Family.
std::vector<ColumnFamily> const& ledger_families() {
    static std::vector<ColumnFamily> const families = {
        {.name = "entries"},
        {.name = "blocks"},
        {.name = "tiles"},
        {.name = "accounts", .use = RowUse::looked_up},
        {.name = "signing_keys", .use = RowUse::looked_up},
        {.name = "network"},
        {.name = "side", .use = RowUse::looked_up},
    };
    return families;
}

DatabaseShape ledger_shape() {
    return {
        .families = ledger_families(),
        .format = 1,
        .block_cache_size = 8 << 20,
        .write_buffers_size = 32 << 20,
        .log_size_max = 48 << 20,
        .free_space_min = 32 << 20,
    };
}

StoreFault damaged(std::string place, std::string detail) {
    return {.kind = StoreFaultKind::damaged, .place = std::move(place), .detail = std::move(detail)};
}
StoreFault damaged_row(Family family, ByteView key) {
    auto const name = std::string(ledger_families()[family - 1].name);
    return damaged(name + "/" + base::to_hex(key), "the row does not decode");
}

constexpr std::array<std::uint8_t, 1> network_key(ledger::NetworkRowKind kind) {
    return {std::to_underlying(kind)};
}

std::optional<std::uint64_t> parse_number(ByteView bytes) {
    if (bytes.size() != sizeof(std::uint64_t))
        return std::nullopt;
    return base::load_big_endian<std::uint64_t>(bytes);
}

// Of a side row whose bytes have still to leave the disk.
ByteBuffer erasure_key(ledger::BlockHeight height, Label const& label) {
    return base::concat(base::as_bytes(erasure_prefix), base::u64be(height.number()), label);
}
std::optional<Label> label_of_erasure(ByteView key) {
    auto const place = erasure_prefix.size() + sizeof(std::uint64_t);
    if (key.size() != place + Label::size)
        return std::nullopt;
    return Label::from(key.subspan(place));
}

template <class Row>
std::optional<Row> decode_row(ByteView bytes) {
    auto row = ledger::decode<Row>(bytes);
    if (!row)
        return std::nullopt;
    return *std::move(row);
}

class RocksLedger final : public LedgerDatabase {
public:
    explicit RocksLedger(std::unique_ptr<Rocks> rocks)
        : rocks_(std::move(rocks)), engine_(*rocks_), owners_(*rocks_),
          state_(*rocks_, {accounts, signing_keys, network}) {}

    // Reads the tip, and compares the families that every block writes.
    Stored<void> start();

    Stored<void> commit(BlockBatch const& batch) override { return put_block(batch, Durability::synced); }
    Stored<std::optional<Tip>> load_tip() override { return tip(); }
    Stored<ByteBuffer> load_entry(ledger::LeafIndex index) override;
    Stored<std::optional<ledger::AccountRow>> load_account(Label const& label) override;
    Stored<std::optional<NearestAccount>> load_nearest_account(Label const& label) override;
    Stored<std::optional<ledger::SigningKeyRow>> load_signing_key(ledger::KeyId const& kid) override;
    Stored<ledger::NodesRow> load_nodes() override {
        return load_sole_row<ledger::NodesRow>(ledger::NetworkRowKind::nodes);
    }
    Stored<ledger::PolicyRow> load_policy() override {
        return load_sole_row<ledger::PolicyRow>(ledger::NetworkRowKind::policy);
    }
    Stored<std::optional<ByteBuffer>> load_network_row(ledger::NetworkRowName const& name) override;
    Stored<std::optional<SideRow>> load_side_row(Label const& label) override;
    Stored<std::optional<Label>> find_label(ledger::AccountId const& account) override {
        return owners_.find_label(account);
    }
    Stored<CredentialNames> load_names(Label const& label) override { return owners_.load_names(label); }
    Stored<std::optional<ByteBuffer>> load_tile(std::uint8_t level, std::uint64_t number) override;
    Stored<std::optional<ledger::LeafIndex>> load_block_index(ledger::BlockHeight height) override;

    Stored<void> note_engine_step(EngineStep const& step) override;
    Stored<EngineHeight> load_engine_height() override { return engine_.load_height(); }
    Stored<std::optional<TransactionResult>> load_result(TransactionHash const& hash) override {
        return engine_.load_result(hash);
    }
    Stored<void> keep_writes(KeptKey const& key, KeptWrites const& kept) override;
    Stored<std::optional<KeptWrites>> load_kept(KeptKey const& key) override {
        return engine_.load_kept(key);
    }
    Stored<void> drop_kept(KeptKey const& key) override { return drop_kept(std::vector{key}); }
    Stored<std::size_t> drop_kept_before(base::Timestamp time) override;
    Stored<void> each_kept(KeptVisitor visit) override { return engine_.each_kept(visit); }
    Stored<void> mend_side_row(SideWrite const& write) override;
    Stored<void> name_credential(CredentialNaming const& naming) override;

    Stored<void> each_account(AccountVisitor visit) override;
    Stored<void> each_account_head(AccountHeadVisitor visit) override;
    Stored<void> each_signing_key(SigningKeyVisitor visit) override;
    Stored<void> each_network_row(NetworkRowVisitor visit) override;
    Stored<void> each_side_row(SideRowVisitor visit) override;
    Stored<void> each_entry(ledger::LeafIndex first, EntryVisitor visit) override;
    Stored<void> each_tile(TileVisitor visit) override;

    std::unique_ptr<StateView> view_state() override { return state_.view(); }
    Stored<void> fill_state(std::span<StateRow const> rows) override;
    Stored<void> fill_log(BlockBatch const& batch) override { return put_block(batch, Durability::unsynced); }

    Stored<void> verify_files() override { return rocks_->verify_files(); }
    Stored<std::size_t> erase_now() override;
    void keep_reserve(Reserve& reserve) override { rocks_->keep_reserve(reserve); }
    bool has_space() override { return rocks_->has_space(); }
    Stored<void> checkpoint(std::filesystem::path const& directory) override {
        return rocks_->checkpoint(directory);
    }

private:
    std::optional<Tip> tip() const {
        base::Lock const lock(mutex_);
        return tip_;
    }
    Stored<std::optional<std::uint64_t>> last_number(Family family);
    template <class Row, class Parse>
    Stored<std::optional<Row>> load_row(Family family, ByteView key, Parse parse);
    template <class Row>
    Stored<Row> load_sole_row(ledger::NetworkRowKind kind);
    // Walks a family whose keys are 32 bytes of one meaning.
    template <class Key, class Row, class Parse>
    Stored<void> each_row(Family family, Parse parse,
                          std::function<bool(Key const&, Row const&)> const& visit);

    Stored<void> put_block(BlockBatch const& batch, Durability durability);
    void put_log(rocksdb::WriteBatch& batch, BlockBatch const& block);
    void put_state(rocksdb::WriteBatch& batch, BlockBatch const& block);
    Stored<void> put_side_rows(rocksdb::WriteBatch& batch, BlockBatch const& block);
    Stored<bool> put_side_row(rocksdb::WriteBatch& batch, SideWrite const& write,
                              ledger::AccountRow const* account);
    Stored<std::optional<ledger::AccountId>> id_of(Label const& label, SideRow const& row,
                                                   ledger::AccountRow const& account);
    Stored<ledger::NetworkId> network_id();
    void remember_genesis(ByteView entry);
    Stored<void> drop_kept(std::vector<KeptKey> const& keys);
    void mark_dropped(rocksdb::WriteBatch& batch, std::vector<Label> const& labels);

    std::unique_ptr<Rocks> rocks_;
    RocksEngine engine_;
    RocksOwners owners_;
    RocksState state_;
    mutable base::Mutex mutex_;
    std::optional<Tip> tip_ GUARDED_BY(mutex_);
    std::optional<ledger::NetworkId> network_ GUARDED_BY(mutex_);
};

Stored<std::optional<std::uint64_t>> RocksLedger::last_number(Family family) {
    auto const key = TRY(rocks_->last_key(family));
    if (!key)
        return std::nullopt;
    auto const number = parse_number(*key);
    if (!number)
        return std::unexpected{damaged_row(family, *key)};
    return number;
}

Stored<void> RocksLedger::start() {
    auto const height = TRY(last_number(blocks));
    auto const last_entry = TRY(last_number(entries));
    if (height.has_value() != last_entry.has_value())
        return std::unexpected{damaged(height ? "entries" : "blocks", "is empty, and the other is not")};
    if (!height)
        return {};
    auto const index = TRY(load_block_index(ledger::BlockHeight{*height}));
    if (!index || index->number() != *last_entry)
        return std::unexpected{damaged("blocks", "the last block does not end at the last entry")};
    base::Lock const lock(mutex_);
    tip_ = Tip{.height = ledger::BlockHeight{*height}, .block_index = *index};
    return {};
}

void RocksLedger::put_log(rocksdb::WriteBatch& batch, BlockBatch const& block) {
    auto index = block.first_index;
    for (auto const& entry : block.entries) {
        CHECK(!entry.empty() && entry.size() <= ledger::entry_size_max);
        rocks_->put(batch, entries, base::u64be(index.number()), entry);
        index = index.next();
    }
    rocks_->put(batch, blocks, base::u64be(block.height.number()), base::u64be(index.number() - 1));
    for (auto const& tile : block.tiles) {
        CHECK(is_tile(tile.hashes) && tile.level < merkle::tile_levels);
        rocks_->put(batch, tiles, encode_tile_key({.level = tile.level, .number = tile.number}), tile.hashes);
    }
}

void RocksLedger::put_state(rocksdb::WriteBatch& batch, BlockBatch const& block) {
    for (auto const& [label, row] : block.accounts)
        rocks_->put(batch, accounts, label, encode_account(row));
    for (auto const& [kid, row] : block.signing_keys)
        rocks_->put(batch, signing_keys, kid, ledger::encode(row));
    if (block.nodes)
        rocks_->put(batch, network, network_key(ledger::NetworkRowKind::nodes), ledger::encode(*block.nodes));
    if (block.policy)
        rocks_->put(batch, network, network_key(ledger::NetworkRowKind::policy),
                    ledger::encode(*block.policy));
    for (auto const& [name, value] : block.rows) {
        if (value)
            rocks_->put(batch, network, encode_network_key(name), *value);
        else
            rocks_->erase(batch, network, encode_network_key(name));
    }
}

Stored<ledger::NetworkId> RocksLedger::network_id() {
    {
        base::Lock const lock(mutex_);
        if (network_)
            return *network_;
    }
    remember_genesis(TRY(load_entry(ledger::LeafIndex{0})));
    base::Lock const lock(mutex_);
    return *network_;
}

void RocksLedger::remember_genesis(ByteView entry) {
    base::Lock const lock(mutex_);
    network_ = ledger::make_network_id(merkle::hash_leaf(entry));
}

// Nothing where row and account do not belong together, as when both an end and a beginning are in one block.
Stored<std::optional<ledger::AccountId>> RocksLedger::id_of(Label const& label, SideRow const& row,
                                                            ledger::AccountRow const& account) {
    if (!account.state || account.state->opening != ledger::hash_opening(row.opening))
        return std::nullopt;
    return ledger::make_account_id(TRY(network_id()), label, account.state->registered, row.opening);
}

// `account`: as it will be, if that is another than is stored. Answers whether a row stood there.
Stored<bool> RocksLedger::put_side_row(rocksdb::WriteBatch& batch, SideWrite const& write,
                                       ledger::AccountRow const* account) {
    auto const stored_row = TRY(load_side_row(write.label));
    std::optional<ledger::AccountRow> stored_account;
    if (stored_row || account == nullptr)
        stored_account = TRY(load_account(write.label));
    if (account == nullptr && stored_account)
        account = &*stored_account;
    std::optional<ledger::AccountId> before, after;
    if (stored_row && stored_account)
        before = TRY(id_of(write.label, *stored_row, *stored_account));
    if (write.row && account != nullptr)
        after = TRY(id_of(write.label, *write.row, *account));

    if (write.row) {
        rocks_->put(batch, side, write.label, encode_side_row(*write.row));
    } else {
        rocks_->erase(batch, side, write.label);
        owners_.erase_names(batch, write.label);
    }
    if (before && before != after)
        owners_.erase_id(batch, *before);
    if (after)
        owners_.put_id(batch, *after, write.label);
    return stored_row.has_value();
}

// A row that stood there, or that an earlier write of this block puts there, is marked: its bytes have to
// leave the disk. The height keeps the mark of one block apart from that of a later one for the same label.
Stored<void> RocksLedger::put_side_rows(rocksdb::WriteBatch& batch, BlockBatch const& block) {
    std::set<Label> written;
    for (auto const& write : block.side_writes) {
        auto const account = block.accounts.find(write.label);
        bool const stood =
            TRY(put_side_row(batch, write, account == block.accounts.end() ? nullptr : &account->second));
        if (!written.insert(write.label).second || stood)
            rocks_->put(batch, meta_family, erasure_key(block.height, write.label), {});
    }
    return {};
}

Stored<void> RocksLedger::put_block(BlockBatch const& block, Durability durability) {
    auto const before = tip();
    CHECK(block.height == (before ? before->height.next() : ledger::BlockHeight{0}));
    CHECK(block.first_index == (before ? before->block_index.next() : ledger::LeafIndex{0}));
    CHECK(block.entries.size() >= 2);
    if (!before)
        remember_genesis(block.entries.front());
    auto batch = Rocks::make_batch();
    put_log(batch, block);
    put_state(batch, block);
    TRY(put_side_rows(batch, block));
    if (block.engine)
        TRY(engine_.put_step(batch, *block.engine));
    TRY(rocks_->write(batch, durability));
    base::Lock const lock(mutex_);
    tip_ = Tip{.height = block.height,
               .block_index = ledger::LeafIndex{block.first_index.number() + block.entries.size() - 1}};
    return {};
}

// What was kept and came to nothing has to leave the disk like a side row.
void RocksLedger::mark_dropped(rocksdb::WriteBatch& batch, std::vector<Label> const& labels) {
    auto const end = tip();
    for (auto const& label : labels)
        rocks_->put(batch, meta_family, erasure_key(end ? end->height : ledger::BlockHeight{}, label), {});
}

Stored<void> RocksLedger::note_engine_step(EngineStep const& step) {
    auto batch = Rocks::make_batch();
    TRY(engine_.put_step(batch, step));
    return rocks_->write(batch, Durability::unsynced);
}

Stored<void> RocksLedger::keep_writes(KeptKey const& key, KeptWrites const& kept) {
    auto batch = Rocks::make_batch();
    engine_.put_kept(batch, key, kept);
    return rocks_->write(batch, Durability::synced);
}

Stored<void> RocksLedger::drop_kept(std::vector<KeptKey> const& keys) {
    auto batch = Rocks::make_batch();
    std::vector<Label> dropped;
    for (auto const& key : keys)
        TRY(engine_.erase_kept(batch, key, dropped));
    mark_dropped(batch, dropped);
    return rocks_->write(batch, Durability::unsynced);
}

Stored<std::size_t> RocksLedger::drop_kept_before(base::Timestamp time) {
    std::vector<KeptKey> old;
    TRY(engine_.each_kept([&](KeptKey const& key, KeptWrites const& kept) {
        if (kept.since < time)
            old.push_back(key);
        return true;
    }));
    if (!old.empty())
        TRY(drop_kept(old));
    return old.size();
}

Stored<void> RocksLedger::mend_side_row(SideWrite const& write) {
    auto batch = Rocks::make_batch();
    if (TRY(put_side_row(batch, write, nullptr)))
        mark_dropped(batch, {write.label});
    return rocks_->write(batch, Durability::synced);
}

Stored<void> RocksLedger::name_credential(CredentialNaming const& naming) {
    auto batch = Rocks::make_batch();
    if (TRY(load_names(naming.label)).contains(naming.credential))
        mark_dropped(batch, {naming.label});
    owners_.put_name(batch, naming);
    TRY(rocks_->write(batch, Durability::unsynced));
    // Erased meanwhile: then the block's batch came before this one, and left it standing.
    auto const account = TRY(load_account(naming.label));
    if (account && account->state)
        return {};
    auto undone = Rocks::make_batch();
    mark_dropped(undone, {naming.label});
    owners_.erase_names(undone, naming.label);
    return rocks_->write(undone, Durability::unsynced);
}

Stored<ByteBuffer> RocksLedger::load_entry(ledger::LeafIndex index) {
    auto const row = TRY(rocks_->load(entries, base::u64be(index.number())));
    if (!row)
        return std::unexpected{damaged("entries/" + std::to_string(index.number()), "missing")};
    return base::to_buffer(as_view(*row));
}

template <class Row, class Parse>
Stored<std::optional<Row>> RocksLedger::load_row(Family family, ByteView key, Parse parse) {
    auto const bytes = TRY(rocks_->load(family, key));
    if (!bytes)
        return std::nullopt;
    std::optional<Row> row = parse(as_view(*bytes));
    if (!row)
        return std::unexpected{damaged_row(family, key)};
    return row;
}

Stored<std::optional<ledger::AccountRow>> RocksLedger::load_account(Label const& label) {
    return load_row<ledger::AccountRow>(accounts, label, parse_account);
}

Stored<std::optional<LedgerDatabase::NearestAccount>> RocksLedger::load_nearest_account(Label const& label) {
    std::optional<NearestAccount> nearest;
    auto const take = [&](ByteView key_bytes, ByteView row_bytes) -> Stored<bool> {
        auto const key = Label::parse(key_bytes);
        auto row = parse_account(row_bytes);
        if (!key || !row)
            return std::unexpected{damaged_row(accounts, key_bytes)};
        if (row->state)
            nearest = NearestAccount{.label = *key, .account = *std::move(row)};
        return !nearest;
    };
    TRY(rocks_->each_of_few(accounts, label, take));
    if (!nearest)
        TRY(rocks_->each_of_few(accounts, {}, take));
    return nearest;
}

Stored<std::optional<ledger::SigningKeyRow>> RocksLedger::load_signing_key(ledger::KeyId const& kid) {
    return load_row<ledger::SigningKeyRow>(signing_keys, kid, decode_row<ledger::SigningKeyRow>);
}

Stored<std::optional<ByteBuffer>> RocksLedger::load_network_row(ledger::NetworkRowName const& name) {
    return load_row<ByteBuffer>(network, encode_network_key(name), [&](ByteView value) {
        return ledger::is_network_row(name, value) ? std::optional(base::to_buffer(value)) : std::nullopt;
    });
}

Stored<std::optional<SideRow>> RocksLedger::load_side_row(Label const& label) {
    return load_row<SideRow>(side, label, parse_side_row);
}

template <class Row>
Stored<Row> RocksLedger::load_sole_row(ledger::NetworkRowKind kind) {
    auto const key = network_key(kind);
    auto row = TRY(load_row<Row>(network, key, decode_row<Row>));
    if (row)
        return *std::move(row);
    return std::unexpected{StoreFault{.kind = tip() ? StoreFaultKind::damaged : StoreFaultKind::absent,
                                      .place = "network/" + base::to_hex(key),
                                      .detail = "missing"}};
}

Stored<std::optional<ByteBuffer>> RocksLedger::load_tile(std::uint8_t level, std::uint64_t number) {
    auto const parse = [](ByteView row) {
        return is_tile(row) ? std::optional(base::to_buffer(row)) : std::nullopt;
    };
    return load_row<ByteBuffer>(tiles, encode_tile_key({.level = level, .number = number}), parse);
}

Stored<std::optional<ledger::LeafIndex>> RocksLedger::load_block_index(ledger::BlockHeight height) {
    auto const number = TRY(load_row<std::uint64_t>(blocks, base::u64be(height.number()), parse_number));
    if (!number)
        return std::nullopt;
    return ledger::LeafIndex{*number};
}

template <class Key, class Row, class Parse>
Stored<void> RocksLedger::each_row(Family family, Parse parse,
                                   std::function<bool(Key const&, Row const&)> const& visit) {
    return rocks_->each(family, {}, [&](ByteView key_bytes, ByteView row_bytes) -> Stored<bool> {
        auto const key = Key::parse(key_bytes);
        auto const row = parse(row_bytes);
        if (!key || !row)
            return std::unexpected{damaged_row(family, key_bytes)};
        return visit(*key, *row);
    });
}

Stored<void> RocksLedger::each_account(AccountVisitor visit) {
    return each_row<Label, ledger::AccountRow>(accounts, parse_account, visit);
}

Stored<void> RocksLedger::each_account_head(AccountHeadVisitor visit) {
    return each_row<Label, ByteView>(accounts, parse_account_head, visit);
}

Stored<void> RocksLedger::each_signing_key(SigningKeyVisitor visit) {
    return each_row<ledger::KeyId, ledger::SigningKeyRow>(signing_keys, decode_row<ledger::SigningKeyRow>,
                                                          visit);
}

Stored<void> RocksLedger::each_network_row(NetworkRowVisitor visit) {
    return rocks_->each(network, {}, [&](ByteView key, ByteView value) -> Stored<bool> {
        if (key.size() == 1) // nodes and policy
            return true;
        auto const name = parse_network_key(key);
        if (!name || !ledger::is_network_row(*name, value))
            return std::unexpected{damaged_row(network, key)};
        return visit(*name, value);
    });
}

Stored<void> RocksLedger::each_side_row(SideRowVisitor visit) {
    return each_row<Label, SideRow>(side, parse_side_row, visit);
}

Stored<void> RocksLedger::each_entry(ledger::LeafIndex first, EntryVisitor visit) {
    auto const end = tip(); // before the walk begins, so that the walk sees at least this much
    if (!end || first > end->block_index)
        return {};
    auto next = first;
    bool is_stopped = false;
    TRY(rocks_->each(entries, base::u64be(first.number()), [&](ByteView key, ByteView entry) -> Stored<bool> {
        if (parse_number(key) != next.number())
            return std::unexpected{damaged("entries/" + std::to_string(next.number()), "missing")};
        auto const index = std::exchange(next, next.next());
        is_stopped = !visit(index, entry);
        return !is_stopped && index < end->block_index;
    }));
    if (!is_stopped && next <= end->block_index)
        return std::unexpected{damaged("entries/" + std::to_string(next.number()), "missing")};
    return {};
}

Stored<void> RocksLedger::each_tile(TileVisitor visit) {
    return rocks_->each(tiles, {}, [&](ByteView key, ByteView hashes) -> Stored<bool> {
        auto const place = parse_tile_key(key);
        if (!place || !is_tile(hashes))
            return std::unexpected{damaged_row(tiles, key)};
        return visit(place->level, place->number, hashes);
    });
}

Stored<void> RocksLedger::fill_state(std::span<StateRow const> rows) {
    auto batch = Rocks::make_batch();
    for (auto const& row : rows)
        TRY(state_.put(batch, row));
    return rocks_->write(batch, Durability::unsynced);
}

Stored<std::size_t> RocksLedger::erase_now() {
    if (state_.is_viewed()) // what it would compact away would stay
        return 0;
    std::vector<ByteBuffer> marks;
    std::set<Label> labels;
    TRY(rocks_->each(
        meta_family, base::as_bytes(erasure_prefix), [&](ByteView key, ByteView) -> Stored<bool> {
            if (!base::as_text(key).starts_with(erasure_prefix))
                return false;
            auto const label = label_of_erasure(key);
            if (!label)
                return std::unexpected{damaged("meta/" + base::to_hex(key), "the row does not decode")};
            marks.push_back(base::to_buffer(key));
            labels.insert(*label);
            return true;
        }));
    auto const ids = TRY(owners_.erased_ids());
    if (marks.empty() && ids.empty())
        return 0;
    // The same bytes may have been kept for a transaction before.
    std::vector stretches = {KeyStretch{
        .family = meta_family, .first = RocksEngine::kept_first(), .last = RocksEngine::kept_last()}};
    for (auto const& label : labels) {
        stretches.push_back({side, base::to_buffer(label), base::to_buffer(label)});
        stretches.push_back(owners_.names_of(label));
    }
    for (auto const& id : ids)
        stretches.push_back(owners_.row_of(id));
    TRY(rocks_->compact_away(stretches));
    auto batch = Rocks::make_batch();
    for (auto const& mark : marks)
        rocks_->erase(batch, meta_family, mark);
    for (auto const& id : ids)
        owners_.forget_erased(batch, id);
    TRY(rocks_->write(batch, Durability::unsynced));
    return labels.size();
}

} // namespace

Stored<std::unique_ptr<LedgerDatabase>> open_ledger(std::filesystem::path const& directory, OpenMode mode,
                                                    std::shared_ptr<rocksdb::FileSystem> files) {
    auto ledger =
        std::make_unique<RocksLedger>(TRY(Rocks::open(directory, mode, ledger_shape(), std::move(files))));
    TRY(ledger->start());
    return ledger;
}

Stored<std::unique_ptr<LedgerDatabase>> LedgerDatabase::open(std::filesystem::path const& directory,
                                                             OpenMode mode) {
    return open_ledger(directory, mode, rocksdb::FileSystem::Default());
}

} // namespace bulla::store
