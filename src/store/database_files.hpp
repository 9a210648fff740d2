// The files of a RocksDB directory, looked at from outside.
//
//   CURRENT            the name of the MANIFEST in force, and LF
//   MANIFEST-NNNNNN    which tables belong to which column family       record log
//   SYNCED             how much of the MANIFEST was synced              manifest_size.hpp
//   NNNNNN.log         write-ahead log                                  record log
//   NNNNNN.sst         table of rows
//   OPTIONS-NNNNNN, IDENTITY, LOCK, LOG, LOG.old.N, *.dbtmp             not read: docs/formats/store.md
#pragma once

#include "store/fault.hpp"

#include <filesystem>
#include <set>

namespace bulla::store {

enum class Presence : std::uint8_t { none, whole, without_current, unreadable };

// none: the directory is absent, or holds no file that a database would be made of.
Presence find_database(std::filesystem::path const& directory);

// The write-ahead logs and the MANIFEST that CURRENT names, before RocksDB reads them: the first that is
// damaged, or the MANIFEST when it is shorter than it was. An interrupted write at the end is none: RocksDB
// leaves it out.
Stored<void> check_record_logs(std::filesystem::path const& directory);

// Every table is one of `tables`, and nothing lies there that RocksDB would not have made.
Stored<void> check_directory(std::filesystem::path const& directory,
                             std::set<std::string, std::less<>> const& tables);

} // namespace bulla::store
