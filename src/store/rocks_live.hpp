// The live database on a given file system: what LiveDatabase::open() calls, and tests with failing disks.
#pragma once

#include "store/live_database.hpp"

#include <rocksdb/file_system.h>

namespace bulla::store {

Stored<std::unique_ptr<LiveDatabase>> open_live(std::filesystem::path const& directory,
                                                std::shared_ptr<rocksdb::FileSystem> files);

} // namespace bulla::store
