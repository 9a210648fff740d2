#include "store/database_files.hpp"

#include "store/record_log.hpp"

#include <fstream>

namespace bulla::store {
namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string, std::less<>>;

constexpr std::string_view manifest_prefix = "MANIFEST-";

enum class FileKind : std::uint8_t { current, manifest, log, table, not_read, unknown };

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
    if (is_numbered(name, "", ".log"))
        return FileKind::log;
    if (is_numbered(name, "", ".sst"))
        return FileKind::table;
    if (name == "IDENTITY" || name == "LOCK" || name == "LOG" || is_numbered(name, "LOG.old.", "") ||
        is_numbered(name, "OPTIONS-", "") || is_numbered(name, "OPTIONS-", ".dbtmp") ||
        is_numbered(name, "", ".dbtmp"))
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

// Other manifests are left behind by a start that was interrupted, and are not read.
std::string manifest_in_force(fs::path const& directory) {
    std::ifstream in(directory / "CURRENT", std::ios::binary);
    std::string name;
    std::getline(in, name);
    return name;
}

std::optional<StoreFault> fault_in(fs::path const& directory, std::string const& name) {
    auto const report = check_record_log(directory / name);
    switch (report.verdict) {
    case RecordLogVerdict::whole: return std::nullopt;
    case RecordLogVerdict::damaged:
        return StoreFault{.kind = StoreFaultKind::damaged,
                          .place = name,
                          .detail = "no whole record at byte " + std::to_string(report.offset) +
                                    " (if it is the last one, an interrupted write)"};
    case RecordLogVerdict::unreadable:
        return StoreFault{.kind = StoreFaultKind::failed, .place = name, .detail = "cannot be read"};
    }
    CHECK_UNREACHABLE();
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

std::optional<StoreFault> first_damaged_record_log(fs::path const& directory) {
    auto const names = list(directory);
    if (!names)
        return std::nullopt;
    auto const manifest = manifest_in_force(directory);
    for (auto const& name : *names)
        if (kind_of(name) == FileKind::log || name == manifest)
            if (auto fault = fault_in(directory, name))
                return fault;
    return std::nullopt;
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
