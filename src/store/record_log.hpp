// Checks the frame of RocksDB's record logs (write-ahead log and MANIFEST) without replaying them.
//
// RocksDB takes a last record that goes beyond the end of the file for an interrupted write, and leaves it
// out in silence, with all that follows in the last block. So a flipped bit in a length hides acknowledged
// records. Here the two are told apart: of a record whose length alone is wrong, all bytes are there, and its
// checksum is right for another length.
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

enum class RecordLogVerdict : std::uint8_t {
    whole, // records fill the file exactly
    interrupted, // whole records, then the beginning of one: what a crash or a cut leaves
    damaged,
    unreadable,
};

struct RecordLogReport {
    RecordLogVerdict verdict = RecordLogVerdict::whole;
    std::uint64_t offset = 0; // of the first record that is not whole; of a whole file its size
};

RecordLogReport check_record_log(std::filesystem::path const& file);

} // namespace bulla::store
