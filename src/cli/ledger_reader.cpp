#include "cli/ledger_reader.hpp"

#include "cli/control.hpp"

#include <fmt/format.h>

#include <unistd.h>

namespace bulla::cli {
namespace {

namespace fs = std::filesystem;
using Kind = ReadFault::Kind;

std::unexpected<ReadFault> fault(Kind kind) {
    return std::unexpected{ReadFault{.kind = kind}};
}
auto const store_fault = [](store::StoreFault const& from) {
    return ReadFault{.kind = Kind::store, .store = from};
};

// The record may move on while the copy is made; so a copy of it comes first.
fs::path keep_guard(service::DataPaths const& paths, fs::path const& place) {
    std::error_code ignored;
    fs::create_directory(place, ignored);
    fs::copy_file(paths.guard() / "checkpoint", place / "checkpoint", ignored);
    return place;
}

} // namespace

Result<LedgerReader, ReadFault> LedgerReader::open(fs::path const& data) {
    service::DataPaths const paths{data};
    std::error_code error;
    if (!fs::is_directory(paths.ledger(), error) && !fs::is_directory(paths.guard(), error))
        return fault(Kind::no_directory);
    if (fs::is_socket(control_socket(data), error))
        if (auto copy = TRY(open_copy(paths)))
            return *std::move(copy);
    LedgerReader reader;
    reader.guard_ = paths.guard();
    reader.ledger_ =
        TRY(map_fault(store::LedgerDatabase::open(paths.ledger(), store::OpenMode::read_only), store_fault));
    return reader;
}

// Nothing: the socket is one that a killed server left behind.
Result<std::optional<LedgerReader>, ReadFault> LedgerReader::open_copy(service::DataPaths const& paths) {
    LedgerReader reader;
    std::error_code ignored;
    auto const copies = copies_directory(paths.data);
    fs::create_directory(copies, ignored);
    reader.guard_ = keep_guard(paths, copies / fmt::format("guard-{}", ::getpid()));
    reader.to_remove_ = {reader.guard_};
    auto const copy = request_ledger_copy(paths.data);
    if (!copy && copy.error() == ControlFault::no_server)
        return std::nullopt;
    if (!copy)
        return fault(Kind::no_answer);
    reader.to_remove_.push_back(*copy);
    reader.ledger_ =
        TRY(map_fault(store::LedgerDatabase::open(*copy, store::OpenMode::read_only), store_fault));
    return std::optional(std::move(reader));
}

LedgerReader::~LedgerReader() {
    ledger_.reset();
    std::error_code ignored;
    for (auto const& path : to_remove_)
        fs::remove_all(path, ignored);
}

} // namespace bulla::cli
