// From RocksDB's words to a StoreFault.
#pragma once

#include "store/fault.hpp"

#include <rocksdb/status.h>

#include <string_view>

namespace bulla::store {

// The status is not ok.
StoreFaultKind kind_of(rocksdb::Status const& status);
// The place is the file that the status names, else `place`.
StoreFault to_fault(rocksdb::Status const& status, std::string_view place);

bool is_lock_refused(rocksdb::Status const& status);

} // namespace bulla::store
