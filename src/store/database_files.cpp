#include "store/database_files.hpp"

#include "store/manifest_size.hpp"
#include "store/record_log.hpp"

#include <fstream>

namespace bulla::store {
namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string, std::less<>>;

constexpr std::string_view manifest_prefix = "MANIFEST-";

enum class FileKind : std::uint8_t { current, manifest, synced, log, table, not_read, unknown };

// "000012" of "000012.sst" with ending ".sst".
bool is_number(std::string_view text) {
    auto const is_digit = [](char letter) { return letter >= '0' && letter <= '9'; };
    return !text.empty() && std::ranges::all_of(text, is_digit);
}
bool is_numbered(std::string_view name, std::string_view prefix, std::string_view ending) {
    return name.size() > prefix.size() + ending.size() && name.starts_with(prefix) &&
           name.ends_with(ending) &&
           is_number(name.substr(prefix.size(), name.size() - prefix.size() - ending.size()));
}

FileKind kind_of(std::string_view name) {
    if (name == "CURRENT")
        return FileKind::current;
    if (is_numbered(name, manifest_prefix, ""))
        return FileKind::manifest;
    if (name == manifest_size_file)
        return FileKind::synced;
    if (is_numbered(name, "", ".log"))
        return FileKind::log;
    if (is_numbered(name, "", ".sst"))
        return FileKind::table;
    if (name == "IDENTITY" || name == "LOCK" || name == "LOG" || is_numbered(name, "LOG.old.", "") ||
        is_numbered(name, "OPTIONS-", "") || is_numbered(name, "OPTIONS-", ".dbtmp") ||
        is_numbered(name, "", ".dbtmp") || name == manifest_size_fresh_file)
        return FileKind::not_read;
    return FileKind::unknown;
}

std::optional<Names> list(fs::path const& directory) {
    Names names;
    std::error_code error;
    for (fs::directory_iterator file(directory, error), end; !error && file != end; file.increment(error))
        names.insert(file->path().filename().string());
    if (error)
        return std::nullopt;
    return names;
}

std::string read_file(fs::path const& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

StoreFault fault(StoreFaultKind kind, std::string_view file, std::string detail) {
    return {.kind = kind, .place = std::string(file), .detail = std::move(detail)};
}

// Other manifests are left behind by a start that was interrupted, and are not read.
std::string manifest_in_force(fs::path const& directory) {
    auto const current = read_file(directory / "CURRENT");
    return current.substr(0, current.find('\n'));
}

// How many bytes of the file are whole records.
Stored<std::uint64_t> check_one_log(fs::path const& directory, std::string const& name) {
    auto const report = check_record_log(directory / name);
    switch (report.verdict) {
    case RecordLogVerdict::whole:
    case RecordLogVerdict::interrupted: return report.offset;
    case RecordLogVerdict::damaged:
        return std::unexpected{
            fault(StoreFaultKind::damaged, name, "no whole record at byte " + std::to_string(report.offset))};
    case RecordLogVerdict::unreadable:
        return std::unexpected{fault(StoreFaultKind::failed, name, "cannot be read")};
    }
    CHECK_UNREACHABLE();
}

Stored<void> check_manifest(fs::path const& directory, std::string const& name) {
    auto const size = TRY(check_one_log(directory, name));
    std::error_code error;
    if (!fs::exists(directory / manifest_size_file, error))
        return {};
    auto const record = parse_manifest_size(read_file(directory / manifest_size_file));
    if (!record)
        return std::unexpected{fault(StoreFaultKind::damaged, manifest_size_file, "does not parse")};
    if (record->manifest == name && size < record->size)
        return std::unexpected{
            fault(StoreFaultKind::damaged, name,
                  "ends after " + std::to_string(size) + " bytes of " + std::to_string(record->size))};
    return {};
}

} // namespace

Presence find_database(fs::path const& directory) {
    std::error_code error;
    if (!fs::exists(directory, error))
        return error ? Presence::unreadable : Presence::none;
    auto const names = list(directory);
    if (!names)
        return Presence::unreadable;
    if (names->contains("CURRENT"))
        return Presence::whole;
    bool const has_files = std::ranges::any_of(*names, [](std::string const& name) {
        auto const kind = kind_of(name);
        return kind == FileKind::manifest || kind == FileKind::log || kind == FileKind::table;
    });
    return has_files ? Presence::without_current : Presence::none;
}

Stored<void> check_record_logs(fs::path const& directory) {
    auto const names = list(directory);
    if (!names)
        return std::unexpected{fault(StoreFaultKind::failed, directory.string(), "cannot be listed")};
    auto const manifest = manifest_in_force(directory);
    if (!names->contains(manifest))
        return std::unexpected{fault(StoreFaultKind::damaged, "CURRENT", "names no MANIFEST that is there")};
    TRY(check_manifest(directory, manifest));
    for (auto const& name : *names)
        if (kind_of(name) == FileKind::log)
            (void)TRY(check_one_log(directory, name));
    return {};
}

Stored<void> check_directory(fs::path const& directory, Names const& tables) {
    auto const names = list(directory);
    if (!names)
        return std::unexpected{StoreFault{
            .kind = StoreFaultKind::failed, .place = directory.string(), .detail = "cannot be listed"}};
    for (auto const& name : *names) {
        auto const kind = kind_of(name);
        if (kind == FileKind::unknown || (kind == FileKind::table && !tables.contains(name)))
            return std::unexpected{StoreFault{
                .kind = StoreFaultKind::damaged, .place = name, .detail = "is no part of the database"}};
    }
    return {};
}

} // namespace bulla::store
