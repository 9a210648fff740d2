#include "store/rocks_live.hpp"

#include "base/encoding.hpp"
#include "base/mutex.hpp"
#include "store/database_files.hpp"
#include "store/rocks.hpp"
#include "store/status.hpp"
#include "store/watched_files.hpp"

namespace bulla::store {
namespace {

namespace fs = std::filesystem;
using base::ByteBuffer;
using base::ByteView;

enum Family : std::size_t { sessions = 1, account_sessions, counters };

// Leaves far less free than the ledger does, so that counters go on when the ledger refuses.
DatabaseShape live_shape() {
    return {
        .families = {{.name = "sessions", .use = RowUse::looked_up},
                     {.name = "account_sessions"},
                     {.name = "counters", .use = RowUse::looked_up}},
        .format = 1,
        .block_cache_size = 4 << 20,
        .write_buffers_size = 8 << 20,
        .log_size_max = 16 << 20,
        .free_space_min = 4 << 20,
    };
}

StoreFault damaged_row(std::string_view family, ByteView key) {
    return {.kind = StoreFaultKind::damaged,
            .place = std::string(family) + "/" + base::to_hex(key),
            .detail = "the row does not decode"};
}

ByteBuffer account_session_key(ledger::AccountId const& account, SessionId const& id) {
    return base::concat(account, id);
}

class RocksLive final : public LiveDatabase {
public:
    explicit RocksLive(std::unique_ptr<Rocks> rocks) : rocks_(std::move(rocks)) {}

    Stored<void> store_session(SessionId const& id, Session const& session) override;
    Stored<std::optional<Session>> load_session(SessionId const& id) override;
    Stored<bool> end_session(SessionId const& id) override;
    Stored<std::vector<std::pair<SessionId, Session>>> sessions_of(ledger::AccountId const& account) override;
    Stored<std::size_t> drop_ended_sessions(base::Timestamp now) override;

    Stored<std::optional<ByteBuffer>> load_counter(ByteView key) override;
    Stored<void> change_counters(std::vector<CounterChange> const& changes) override;
    Stored<void> each_counter(ByteView first, CounterVisitor visit) override;

    Stored<void> sync() override { return rocks_->sync(); }
    std::uint64_t estimate_sessions() override { return rocks_->estimate_rows(sessions); }

private:
    Stored<bool> erase_session(SessionId const& id);
    void erase(rocksdb::WriteBatch& batch, SessionId const& id, ledger::AccountId const& account);

    std::unique_ptr<Rocks> rocks_;
    base::Mutex ending_; // of two that end one session, one finds it
};

Stored<Session> parse_session(ByteView key, ByteView row) {
    auto session = ledger::decode<Session>(row);
    if (!session)
        return std::unexpected{damaged_row("sessions", key)};
    return *std::move(session);
}

Stored<void> RocksLive::store_session(SessionId const& id, Session const& session) {
    auto batch = Rocks::make_batch();
    rocks_->put(batch, sessions, id, ledger::encode(session));
    rocks_->put(batch, account_sessions, account_session_key(session.account, id), {});
    return rocks_->write(batch, Durability::unsynced);
}

Stored<std::optional<Session>> RocksLive::load_session(SessionId const& id) {
    auto const row = TRY(rocks_->load(sessions, id));
    if (!row)
        return std::nullopt;
    return TRY(parse_session(id, as_view(*row)));
}

void RocksLive::erase(rocksdb::WriteBatch& batch, SessionId const& id, ledger::AccountId const& account) {
    rocks_->erase(batch, sessions, id);
    rocks_->erase(batch, account_sessions, account_session_key(account, id));
}

Stored<bool> RocksLive::erase_session(SessionId const& id) {
    base::Lock const lock(ending_);
    auto const session = TRY(load_session(id));
    if (!session)
        return false;
    auto batch = Rocks::make_batch();
    erase(batch, id, session->account);
    TRY(rocks_->write(batch, Durability::unsynced));
    return true;
}

// The sync stands outside the lock, so that many log-outs share one. It runs also when the session was gone
// already: the one who ended it may not have synced yet.
Stored<bool> RocksLive::end_session(SessionId const& id) {
    bool const was_there = TRY(erase_session(id));
    TRY(rocks_->sync());
    return was_there;
}

Stored<std::vector<std::pair<SessionId, Session>>> RocksLive::sessions_of(ledger::AccountId const& account) {
    std::vector<std::pair<SessionId, Session>> found;
    TRY(rocks_->each(account_sessions, account, [&](ByteView key, ByteView) -> Stored<bool> {
        if (key.size() != ledger::AccountId::size + SessionId::size)
            return std::unexpected{damaged_row("account_sessions", key)};
        if (!std::ranges::equal(key.first(ledger::AccountId::size), account.view()))
            return false;
        auto const id = SessionId::from(key.subspan(ledger::AccountId::size));
        if (auto session = TRY(load_session(id))) // it may have ended since the walk began
            found.emplace_back(id, *std::move(session));
        return true;
    }));
    return found;
}

Stored<std::size_t> RocksLive::drop_ended_sessions(base::Timestamp now) {
    std::size_t count = 0;
    auto batch = Rocks::make_batch();
    TRY(rocks_->each(sessions, {}, [&](ByteView key, ByteView row) -> Stored<bool> {
        auto const id = SessionId::parse(key);
        if (!id)
            return std::unexpected{damaged_row("sessions", key)};
        auto const session = TRY(parse_session(key, row));
        if (session.ends <= now) {
            erase(batch, *id, session.account);
            ++count;
        }
        return true;
    }));
    if (count > 0)
        TRY(rocks_->write(batch, Durability::unsynced));
    return count;
}

Stored<std::optional<ByteBuffer>> RocksLive::load_counter(ByteView key) {
    auto const row = TRY(rocks_->load(counters, key));
    if (!row)
        return std::nullopt;
    return base::to_buffer(as_view(*row));
}

Stored<void> RocksLive::change_counters(std::vector<CounterChange> const& changes) {
    auto batch = Rocks::make_batch();
    for (auto const& [key, row] : changes)
        if (row)
            rocks_->put(batch, counters, key, *row);
        else
            rocks_->erase(batch, counters, key);
    return rocks_->write(batch, Durability::unsynced);
}

Stored<void> RocksLive::each_counter(ByteView first, CounterVisitor visit) {
    return rocks_->each(counters, first,
                        [&](ByteView key, ByteView row) -> Stored<bool> { return visit(key, row); });
}

Stored<void> publish(fs::path const& building, fs::path const& directory,
                     std::shared_ptr<rocksdb::FileSystem> const& files) {
    auto const watched = watch_files(files); // a failed sync ends the process
    std::unique_ptr<rocksdb::FSDirectory> parent;
    rocksdb::Status status = watched->RenameFile(building, directory, {}, nullptr);
    if (status.ok())
        status = watched->NewDirectory(directory.parent_path(), {}, &parent, nullptr);
    if (status.ok())
        status = parent->FsyncWithDirOptions({}, nullptr, rocksdb::DirFsyncOptions());
    if (!status.ok())
        return std::unexpected{to_fault(status, directory.filename().string())};
    return {};
}

// Made beside and renamed: it is complete or not there. A start that is killed while RocksDB makes its column
// families leaves a database that lacks some.
Stored<void> make_live(fs::path const& directory, std::shared_ptr<rocksdb::FileSystem> const& files) {
    auto const building = fs::path(directory).concat(".new");
    std::error_code error;
    fs::remove_all(building, error);
    if (error)
        return std::unexpected{StoreFault{.kind = StoreFaultKind::failed,
                                          .place = building.filename().string(),
                                          .detail = error.message()}};
    TRY(Rocks::open(building, OpenMode::create, live_shape(), files)).reset();
    return publish(building, directory, files);
}

} // namespace

Stored<std::unique_ptr<LiveDatabase>> open_live(std::filesystem::path const& directory,
                                                std::shared_ptr<rocksdb::FileSystem> files) {
    auto const place = fs::absolute(directory).lexically_normal();
    if (find_database(place) == Presence::none)
        TRY(make_live(place, files));
    return std::make_unique<RocksLive>(
        TRY(Rocks::open(place, OpenMode::existing, live_shape(), std::move(files))));
}

Stored<std::unique_ptr<LiveDatabase>> LiveDatabase::open(std::filesystem::path const& directory) {
    return open_live(directory, rocksdb::FileSystem::Default());
}

} // namespace bulla::store
