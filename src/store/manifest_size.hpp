// SYNCED: how much of the MANIFEST was synced, so that a MANIFEST that lost its end is not opened.
//
// RocksDB opens a MANIFEST that was cut as if nothing had been written after the cut: tables are forgotten,
// and deleted at once. The write-ahead logs that held their rows went when those tables were listed. So after
// each sync of a MANIFEST its size is written here, before RocksDB deletes anything.
//
//   SYNCED = name of the MANIFEST ‖ SP ‖ size, decimal ‖ SP ‖ masked CRC-32C of all before this space, 8 hex
//   digits ‖ LF
//
// A record about another MANIFEST than CURRENT names is one of a start that was interrupted, and says
// nothing. Nor does its absence: a checkpoint has none.
#pragma once

#include "base/bytes.hpp"

namespace bulla::store {

inline constexpr std::string_view manifest_size_file = "SYNCED";
inline constexpr std::string_view manifest_size_fresh_file = "SYNCED.dbtmp"; // renamed to it

struct ManifestSize {
    std::string manifest;
    std::uint64_t size = 0;
    friend bool operator==(ManifestSize const&, ManifestSize const&) = default;
};

std::string print_manifest_size(ManifestSize const& record);
std::optional<ManifestSize> parse_manifest_size(std::string_view text); // only what the printer prints

} // namespace bulla::store
