// Opens the ledger of a data directory for reading: as it lies there when nobody runs on it, else a copy that
// the running server makes, removed when the object ends.
#pragma once

#include "base/result.hpp"
#include "service/founding.hpp"

namespace bulla::cli {

struct ReadFault {
    enum class Kind : std::uint8_t {
        no_directory, // nothing that looks like a data directory
        no_answer, // a server runs on it, but does not help
        store, // see store
    };
    Kind kind = Kind::no_directory;
    std::optional<store::StoreFault> store = std::nullopt;
};

class LedgerReader {
public:
    static Result<LedgerReader, ReadFault> open(std::filesystem::path const& data);
    LedgerReader(LedgerReader&&) = default;
    LedgerReader& operator=(LedgerReader&&) = default;
    ~LedgerReader();

    store::LedgerDatabase& ledger() { return *ledger_; }
    // The guard record as it was before the database was looked at.
    std::filesystem::path const& guard() const { return guard_; }

private:
    LedgerReader() = default;
    static Result<std::optional<LedgerReader>, ReadFault> open_copy(service::DataPaths const& paths);

    std::unique_ptr<store::LedgerDatabase> ledger_;
    std::filesystem::path guard_;
    std::vector<std::filesystem::path> to_remove_;
};

} // namespace bulla::cli
