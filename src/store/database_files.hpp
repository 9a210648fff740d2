// The files of a RocksDB directory, looked at from outside.
//
//   CURRENT            the name of the MANIFEST in force, and LF
//   MANIFEST-NNNNNN    which tables belong to which column family       record log
//   NNNNNN.log         write-ahead log                                  record log
//   NNNNNN.sst         table of rows
//   OPTIONS-NNNNNN, IDENTITY, LOCK, LOG, LOG.old.N, *.dbtmp             not read: docs/formats/store.md
#pragma once

#include "store/fault.hpp"

#include <filesystem>
#include <optional>
#include <set>

namespace bulla::store {

enum class Presence : std::uint8_t { none, whole, without_current, unreadable };

// none: the directory is absent, or holds no file that a database would be made of.
Presence find_database(std::filesystem::path const& directory);

// The write-ahead logs and the MANIFEST that CURRENT names, in the order of their names.
std::optional<StoreFault> first_damaged_record_log(std::filesystem::path const& directory);

// Every table is one of `tables`, and nothing lies there that RocksDB would not have made.
Stored<void> check_directory(std::filesystem::path const& directory,
                             std::set<std::string, std::less<>> const& tables);

} // namespace bulla::store
