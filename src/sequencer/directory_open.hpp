// The directory at a start: from its map file and what the blocks after it changed, else from all rows.
//
// Either way its root is that of the last block entry, or there is a fault. Account rows of entries after the
// file's block are read as they stand now, so each account costs one read however often it changed.
#pragma once

#include "sequencer/directory_file.hpp"
#include "store/ledger_database.hpp"

namespace bulla::sequencer {

// Where the directory came from, for who tells people.
struct DirectoryOrigin {
    std::optional<ledger::BlockHeight> map_file; // as of this block; none: built from the rows
    std::uint64_t entries_after = 0; // those executed since, block entries included
    std::optional<DirectoryFileFault> fault; // why not from the map file, where one was named
};

struct OpenedDirectory {
    merkle::CommittedMap directory;
    DirectoryOrigin origin;
};

// `head` is complete but for its maps. Nothing: the rows do not make the directory of the last block.
store::Stored<std::optional<OpenedDirectory>> open_directory(store::LedgerDatabase& ledger, Head const& head,
                                                             std::filesystem::path const& map_file);

} // namespace bulla::sequencer
