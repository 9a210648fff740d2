// How a database is found, told from a damaged or newer one, and opened.
#include "store/background_errors.hpp"
#include "store/database_files.hpp"
#include "store/rocks.hpp"
#include "store/rocks_options.hpp"
#include "store/status.hpp"
#include "store/watched_files.hpp"

#include <unistd.h>

#include <set>

namespace bulla::store {
namespace {

// RocksDB must not write a LOG into a directory that is only read.
class Silence : public rocksdb::Logger {
public:
    using Logger::Logv;
    void Logv(char const* /*format*/, va_list /*arguments*/) override {}
};

StoreFault fault(StoreFaultKind kind, std::string place, std::string detail) {
    return {.kind = kind, .place = std::move(place), .detail = std::move(detail)};
}

// Nobody but the owner reads what lies in there.
Stored<void> make_directory(std::filesystem::path const& directory) {
    std::error_code error;
    bool const is_new = std::filesystem::create_directories(directory, error);
    if (!error && is_new)
        std::filesystem::permissions(directory, std::filesystem::perms::owner_all, error);
    if (error)
        return std::unexpected{fault(StoreFaultKind::failed, directory.string(), error.message())};
    return {};
}

} // namespace

Rocks::Rocks(std::filesystem::path directory, OpenMode mode, DatabaseShape const& shape,
             std::shared_ptr<rocksdb::FileSystem> files)
    : directory_(std::move(directory)), mode_(mode), format_(shape.format),
      free_space_min_(shape.free_space_min), errors_(std::make_shared<BackgroundErrors>()),
      env_(rocksdb::NewCompositeEnv(watch_files(std::move(files)))) {}

Stored<std::unique_ptr<Rocks>> Rocks::open(std::filesystem::path const& directory, OpenMode mode,
                                           DatabaseShape const& shape,
                                           std::shared_ptr<rocksdb::FileSystem> files) {
    std::unique_ptr<Rocks> rocks(new Rocks(directory, mode, shape, std::move(files)));
    auto const name = directory.filename().string();
    switch (find_database(directory)) {
    case Presence::whole:
        TRY(rocks->take_lock());
        TRY(check_record_logs(directory));
        TRY(rocks->check_families(shape));
        rocks->mode_ = mode == OpenMode::create ? OpenMode::existing : mode;
        break;
    case Presence::without_current:
        return std::unexpected{
            fault(StoreFaultKind::damaged, "CURRENT", "missing beside files of a database")};
    case Presence::none:
        if (mode != OpenMode::create)
            return std::unexpected{fault(StoreFaultKind::absent, name, "no database here")};
        TRY(make_directory(directory));
        break;
    case Presence::unreadable:
        return std::unexpected{fault(StoreFaultKind::failed, name, "the directory cannot be read")};
    }
    TRY(rocks->open_files(shape));
    if (rocks->mode_ != OpenMode::create)
        TRY(rocks->check_format());
    if (rocks->mode_ == OpenMode::create)
        TRY(rocks->write_format_row(Durability::synced));
    if (rocks->mode_ == OpenMode::existing)
        TRY(rocks->keep_a_row_to_flush());
    return rocks;
}

// Where the LOCK file cannot be written, as on read-only media, nobody can have the database open for
// writing.
Stored<void> Rocks::take_lock() {
    auto const file = (directory_ / "LOCK").string();
    if (::access(file.c_str(), W_OK) != 0)
        return {};
    auto const status = env_->LockFile(file, &lock_);
    if (is_lock_refused(status))
        return std::unexpected{fault(StoreFaultKind::in_use, "LOCK", status.ToString())};
    if (!status.ok())
        return std::unexpected{fault(StoreFaultKind::failed, "LOCK", status.ToString())};
    return {};
}

void Rocks::release_lock() {
    if (lock_ != nullptr)
        env_->UnlockFile(lock_).PermitUncheckedError();
    lock_ = nullptr;
}

// A family that is not ours was made by a newer version; one that misses was lost.
Stored<void> Rocks::check_families(DatabaseShape const& shape) {
    auto options = database_options(shape);
    options.env = env_.get();
    std::vector<std::string> found;
    auto const status = rocksdb::DB::ListColumnFamilies(options, directory_.string(), &found);
    if (!status.ok())
        return std::unexpected{fault_of_opening(status)};
    std::set<std::string, std::less<>> known = {rocksdb::kDefaultColumnFamilyName};
    for (auto const& family : shape.families)
        known.emplace(family.name);
    for (auto const& name : found)
        if (known.erase(name) == 0)
            return std::unexpected{
                fault(StoreFaultKind::newer, directory_.filename().string(), "has " + name)};
    if (!known.empty())
        return std::unexpected{fault(StoreFaultKind::damaged, "MANIFEST", "lists no " + *known.begin())};
    return {};
}

StoreFault Rocks::fault_of_opening(rocksdb::Status const& status) const {
    return to_fault(status, directory_.filename().string());
}

Stored<void> Rocks::open_files(DatabaseShape const& shape) {
    auto options = database_options(shape);
    options.env = env_.get();
    options.listeners.push_back(errors_);
    options.create_if_missing = options.create_missing_column_families = mode_ == OpenMode::create;
    rocksdb::DB* opened = nullptr;
    rocksdb::Status status;
    if (mode_ == OpenMode::read_only) {
        silence_ = std::make_shared<Silence>();
        options.info_log = silence_;
        status = rocksdb::DB::OpenForReadOnly(options, directory_.string(), family_options(shape), &handles_,
                                              &opened);
    } else {
        release_lock(); // RocksDB takes it
        status = rocksdb::DB::Open(options, directory_.string(), family_options(shape), &handles_, &opened);
    }
    db_.reset(opened);
    if (is_lock_refused(status))
        return std::unexpected{fault(StoreFaultKind::in_use, "LOCK", status.ToString())};
    if (!status.ok())
        return std::unexpected{fault_of_opening(status)};
    return {};
}

Stored<void> Rocks::check_format() {
    auto const row = TRY(load(meta_family, base::as_bytes(format_row)));
    if (!row || row->size() != sizeof(format_))
        return std::unexpected{fault(StoreFaultKind::damaged, "meta/format", "no format number")};
    auto const found = base::load_big_endian<std::uint64_t>(as_view(*row));
    if (found == format_)
        return {};
    auto const kind = found > format_ ? StoreFaultKind::newer : StoreFaultKind::damaged;
    return std::unexpected{fault(kind, "meta/format", "format " + std::to_string(found))};
}

Stored<void> Rocks::verify_files() {
    TRY(check_health());
    if (mode_ == OpenMode::read_only)
        TRY(check_tables_of_stopped_database());
    rocksdb::ReadOptions options;
    options.fill_cache = false;
    auto status = db_->VerifyFileChecksums(options);
    if (status.ok())
        status = db_->VerifyChecksum(options);
    if (!status.ok())
        return std::unexpected{to_fault(status, directory_.filename().string())};
    return {};
}

Stored<void> Rocks::check_tables_of_stopped_database() {
    std::vector<rocksdb::LiveFileMetaData> tables;
    db_->GetLiveFilesMetaData(&tables);
    std::set<std::string, std::less<>> names;
    for (auto const& table : tables)
        names.insert(table.name.starts_with('/') ? table.name.substr(1) : table.name);
    return check_directory(directory_, names);
}

} // namespace bulla::store
