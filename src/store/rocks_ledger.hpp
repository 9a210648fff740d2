// The ledger's database on a given file system: what LedgerDatabase::open() calls, and tests with failing
// disks.
#pragma once

#include "store/ledger_database.hpp"

#include <rocksdb/file_system.h>

namespace bulla::store {

Stored<std::unique_ptr<LedgerDatabase>> open_ledger(std::filesystem::path const& directory, OpenMode mode,
                                                    std::shared_ptr<rocksdb::FileSystem> files);

} // namespace bulla::store
