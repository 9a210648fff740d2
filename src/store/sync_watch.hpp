// A file system that ends the process when a sync fails, of whatever file and on whatever thread.
//
// After a failed fsync the kernel may have dropped the pages, and a second one may succeed without them: so
// there is no second one.
#pragma once

#include <rocksdb/file_system.h>

#include <memory>

namespace bulla::store {

std::shared_ptr<rocksdb::FileSystem> watch_syncs(std::shared_ptr<rocksdb::FileSystem> below);

} // namespace bulla::store
