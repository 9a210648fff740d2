// The options every database of this project is opened with, each for a reason given beside it.
#pragma once

#include "store/rocks.hpp"

#include <rocksdb/options.h>

namespace bulla::store {

rocksdb::DBOptions database_options(DatabaseShape const& shape);
// One for meta and one for each family of the shape, sharing one block cache.
std::vector<rocksdb::ColumnFamilyDescriptor> family_options(DatabaseShape const& shape);

} // namespace bulla::store
