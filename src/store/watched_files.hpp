// The file system below RocksDB, with three rules of ours.
//
// A sync that fails ends the process, of whatever file and on whatever thread. After a failed fsync the
// kernel may have dropped the pages, and a second one may succeed without them: so there is no second one.
//
// A table is refused as corrupt when what RocksDB would parse unchecked is damaged (table_file.hpp).
//
// After each sync of a MANIFEST its size is written beside it (manifest_size.hpp).
#pragma once

#include <rocksdb/file_system.h>

#include <memory>

namespace bulla::store {

std::shared_ptr<rocksdb::FileSystem> watch_files(std::shared_ptr<rocksdb::FileSystem> below);

} // namespace bulla::store
