// Checks the parts of a RocksDB table (.sst) that RocksDB parses before it compares their checksums.
//
// RocksDB reads the properties of a table first and compares their checksum afterwards: a flipped bit there
// meets an assertion, and the process would end without a word about the file. Everything else of a table
// RocksDB checks itself before it looks at it.
//
//   table    = blocks ‖ footer[53]
//   block    = contents ‖ compression u8 ‖ masked CRC-32C u32le over contents ‖ compression
//   footer   = checksum kind u8 = 1 ‖ handle of the metaindex ‖ handle of the index ‖ zeros up to byte 41
//              ‖ format u32le ‖ magic u64le = 88e241b785f4cff7
//   handle   = offset varint ‖ size of the contents varint
//   metaindex contents = rows ‖ restarts u32le … ‖ number of restarts u32le
//   row      = shared varint ‖ unshared varint ‖ value size varint ‖ unshared part of the key ‖ value
//              the row rocksdb.properties holds the handle of the properties
#pragma once

#include "base/bytes.hpp"

#include <functional>

namespace bulla::store {

// Reads exactly out.size() bytes at the offset, or says that it cannot.
using ReadAt = std::function<bool(std::uint64_t offset, base::ByteSpan out)>;

bool has_sound_properties(ReadAt const& read, std::uint64_t file_size);

} // namespace bulla::store
