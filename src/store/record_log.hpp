// Checks the frame of RocksDB's record logs (write-ahead log and MANIFEST) without replaying them.
//
// RocksDB takes a last record that does not fit the file for an interrupted write and leaves it out in
// silence. So a flipped bit in a length can hide acknowledged records. This check accepts a file only when
// records fill it exactly.
//
//   file    = blocks of 32,768 bytes, the last one shorter
//   block   = records, then zeros where fewer than 7 bytes are left
//   record  = crc u32le ‖ length u16le ‖ type u8 ‖ payload[length]
//   crc     = masked CRC-32C over type ‖ payload
//   type    = 1 whole, 2 first, 3 middle, 4 last part
#pragma once

#include "base/bytes.hpp"

#include <filesystem>

namespace bulla::store {

enum class RecordLogVerdict : std::uint8_t { whole, damaged, unreadable };

struct RecordLogReport {
    RecordLogVerdict verdict = RecordLogVerdict::whole;
    std::uint64_t offset = 0; // of the first record that is not whole
};

RecordLogReport check_record_log(std::filesystem::path const& file);

} // namespace bulla::store
