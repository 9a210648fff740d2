#include "store/rocks.hpp"

#include "store/background_errors.hpp"
#include "store/status.hpp"

#include <rocksdb/utilities/checkpoint.h>

namespace bulla::store {
namespace {

// A batch is written to the log now and to a table later.
constexpr std::uint64_t space_for_batch_factor = 4;
constexpr std::size_t protection_bytes = 8;
constexpr std::size_t walk_readahead = 256 << 10;

} // namespace

Rocks::~Rocks() {
    if (db_) {
        for (auto* const family : handles_)
            db_->DestroyColumnFamilyHandle(family);
        db_->Close().PermitUncheckedError();
        db_.reset();
    }
    release_lock();
}

rocksdb::ColumnFamilyHandle* Rocks::handle(std::size_t family) const {
    CHECK(family < handles_.size());
    return handles_[family];
}

Stored<void> Rocks::check_health() const {
    if (auto fault = errors_->first())
        return std::unexpected{*std::move(fault)};
    return {};
}

Stored<std::optional<rocksdb::PinnableSlice>> Rocks::load(std::size_t family, base::ByteView key) {
    TRY(check_health());
    rocksdb::PinnableSlice row;
    auto const status = db_->Get({}, handle(family), as_slice(key), &row);
    if (status.IsNotFound())
        return std::nullopt;
    if (!status.ok())
        return std::unexpected{to_fault(status, handle(family)->GetName())};
    return std::move(row);
}

Stored<void> Rocks::each(std::size_t family, base::ByteView first, RowVisitor const& visit) {
    rocksdb::ReadOptions options;
    options.fill_cache = false;
    options.readahead_size = walk_readahead;
    return walk(options, family, first, visit);
}

Rocks::SnapshotPointer Rocks::take_snapshot() {
    return {db_->GetSnapshot(), [this](rocksdb::Snapshot const* taken) { db_->ReleaseSnapshot(taken); }};
}

Stored<void> Rocks::each_as_of(rocksdb::Snapshot const& snapshot, std::size_t family,
                               RowVisitor const& visit) {
    rocksdb::ReadOptions options;
    options.fill_cache = false;
    options.readahead_size = walk_readahead;
    options.snapshot = &snapshot;
    return walk(options, family, {}, visit);
}

Stored<void> Rocks::each_of_few(std::size_t family, base::ByteView first, RowVisitor const& visit) {
    return walk({}, family, first, visit);
}

Stored<void> Rocks::walk(rocksdb::ReadOptions const& options, std::size_t family, base::ByteView first,
                         RowVisitor const& visit) {
    TRY(check_health());
    std::unique_ptr<rocksdb::Iterator> const rows(db_->NewIterator(options, handle(family)));
    for (rows->Seek(as_slice(first)); rows->Valid(); rows->Next())
        if (!TRY(visit(as_view(rows->key()), as_view(rows->value()))))
            return {};
    if (!rows->status().ok())
        return std::unexpected{to_fault(rows->status(), handle(family)->GetName())};
    return {};
}

Stored<std::optional<base::ByteBuffer>> Rocks::last_key(std::size_t family) {
    TRY(check_health());
    std::unique_ptr<rocksdb::Iterator> const rows(db_->NewIterator({}, handle(family)));
    rows->SeekToLast();
    if (rows->Valid())
        return base::to_buffer(as_view(rows->key()));
    if (!rows->status().ok())
        return std::unexpected{to_fault(rows->status(), handle(family)->GetName())};
    return std::nullopt;
}

std::uint64_t Rocks::estimate_rows(std::size_t family) {
    std::uint64_t count = 0;
    db_->GetIntProperty(handle(family), rocksdb::DB::Properties::kEstimateNumKeys, &count);
    return count;
}

rocksdb::WriteBatch Rocks::make_batch() {
    return rocksdb::WriteBatch(0, 0, protection_bytes, 0);
}

// Neither can fail: a batch refuses only column families that do not exist and sizes beyond 4 GiB.
void Rocks::put(rocksdb::WriteBatch& batch, std::size_t family, base::ByteView key, base::ByteView row) {
    CHECK(batch.Put(handle(family), as_slice(key), as_slice(row)).ok());
}

void Rocks::erase(rocksdb::WriteBatch& batch, std::size_t family, base::ByteView key) {
    CHECK(batch.Delete(handle(family), as_slice(key)).ok());
}

void Rocks::erase_all(rocksdb::WriteBatch& batch, KeyStretch const& stretch) {
    auto const first = as_slice(stretch.first), last = as_slice(stretch.last);
    CHECK(batch.DeleteRange(handle(stretch.family), first, last).ok());
}

// Refusing early keeps RocksDB out of its error state, and leaves room for the guard and the counters.
Stored<void> Rocks::check_space(std::size_t batch_size) {
    std::uint64_t free = 0;
    if (!env_->GetFreeSpace(directory_.string(), &free).ok())
        return {};
    auto const wanted = free_space_min_ + space_for_batch_factor * batch_size;
    bool const has_room = reserve_ == nullptr ? free >= wanted : reserve_->has_room(free, wanted);
    if (!has_room)
        return std::unexpected{StoreFault{.kind = StoreFaultKind::no_space,
                                          .place = directory_.filename().string(),
                                          .detail = std::to_string(free) + " bytes left"}};
    if (!errors_->has_met_full_disk())
        return {};
    auto const status = db_->Resume();
    if (!status.ok())
        return std::unexpected{to_fault(status, directory_.filename().string())};
    errors_->forget_full_disk();
    return {};
}

Stored<void> Rocks::write(rocksdb::WriteBatch& batch, Durability durability) {
    CHECK(mode_ != OpenMode::read_only);
    TRY(check_health());
    TRY(check_space(batch.GetDataSize()));
    rocksdb::WriteOptions options;
    options.sync = durability == Durability::synced;
    auto const status = db_->Write(options, &batch);
    if (status.ok())
        return {};
    auto fault = to_fault(status, directory_.filename().string());
    // A sync that fails never comes here (watched_files.hpp), so the log did not take the batch: after
    // Resume(), a new log begins.
    if (fault.kind != StoreFaultKind::no_space)
        fatal_store_error(fault);
    errors_->remember_full_disk();
    if (reserve_ != nullptr)
        reserve_->release();
    return std::unexpected{std::move(fault)};
}

Stored<void> Rocks::write_format_row(Durability durability) {
    auto batch = make_batch();
    put(batch, meta_family, base::as_bytes(format_row), base::u64be(format_));
    return write(batch, durability);
}

// Resume() begins a new log only when some row waits to be flushed, and RocksDB aborts when a log that did
// not take a record is written again. A disk that is full already needs no such row: nothing is written to
// it.
Stored<void> Rocks::keep_a_row_to_flush() {
    auto written = write_format_row(Durability::unsynced);
    if (!written && written.error().kind != StoreFaultKind::no_space)
        return written;
    return {};
}

Stored<void> Rocks::sync() {
    CHECK(mode_ != OpenMode::read_only);
    TRY(check_health());
    // RocksDB aborts when a log that a full disk has cut is synced: it is left behind first, and what was in
    // it goes to tables.
    if (errors_->has_met_full_disk())
        TRY(check_space(0));
    auto const status = db_->SyncWAL();
    if (status.IsNoSpace())
        errors_->remember_full_disk();
    if (!status.ok())
        return std::unexpected{to_fault(status, directory_.filename().string())};
    return {};
}

Stored<void> Rocks::flush_all() {
    auto const status = db_->Flush(rocksdb::FlushOptions(), handles_);
    if (!status.ok())
        return std::unexpected{to_fault(status, directory_.filename().string())};
    return {};
}

Stored<void> Rocks::compact_away(std::vector<KeyStretch> const& stretches) {
    CHECK(mode_ != OpenMode::read_only);
    TRY(check_health());
    TRY(check_space(0)); // a compaction that meets a full disk would stop the database's writes
    // All families, since a log goes when none of them needs it any more.
    TRY(flush_all());
    rocksdb::CompactRangeOptions options;
    options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
    for (auto const& stretch : stretches) {
        auto const first = as_slice(stretch.first);
        auto const last = as_slice(stretch.last);
        auto const status = db_->CompactRange(options, handle(stretch.family), &first, &last);
        if (!status.ok())
            return std::unexpected{to_fault(status, handle(stretch.family)->GetName())};
    }
    // Files are deleted behind the caller's back. Wait for jobs under way, and delete what they have left.
    db_->PauseBackgroundWork().PermitUncheckedError();
    db_->DisableFileDeletions().PermitUncheckedError();
    auto const status = db_->EnableFileDeletions(true);
    db_->ContinueBackgroundWork().PermitUncheckedError();
    if (!status.ok())
        return std::unexpected{to_fault(status, directory_.filename().string())};
    return keep_a_row_to_flush();
}

Stored<void> Rocks::checkpoint(std::filesystem::path const& directory) {
    TRY(check_health());
    rocksdb::Checkpoint* made = nullptr;
    auto status = rocksdb::Checkpoint::Create(db_.get(), &made);
    std::unique_ptr<rocksdb::Checkpoint> const maker(made);
    // By default the log is flushed first, and a flipped byte of it is never seen again.
    if (status.ok())
        status = maker->CreateCheckpoint(std::filesystem::absolute(directory).string(), UINT64_MAX);
    if (!status.ok())
        return std::unexpected{to_fault(status, directory.filename().string())};
    return {};
}

} // namespace bulla::store
