// The maxima of the sequencer's queue, blocks and memories. Counts, unless they say otherwise.
#pragma once

#include "ledger/block.hpp"

#include <cstddef>

namespace bulla::sequencer {

inline constexpr std::size_t queue_max = 8'192; // submissions that wait to be executed
inline constexpr std::size_t wave_max = 256;    // executed before the open block may be handed over
inline constexpr std::size_t block_submissions_max = 4'096; // that wait for one block, refused ones included
inline constexpr std::size_t block_bytes_max = 16 * 1024 * 1024; // of entries; the last one may go beyond
inline constexpr std::size_t checks_remembered_max = 65'536;
inline constexpr std::size_t map_file_unsynced_max = 8 * 1024 * 1024; // bytes
inline constexpr std::uint64_t map_file_room_min = 256 * 1024 * 1024; // bytes left for the ledger
// A start executes so many entries after the map file's block, or half as many as there are accounts, and
// builds from the rows rather than more.
inline constexpr std::uint64_t entries_after_map_file_max = 65'536;
static_assert(block_submissions_max <= ledger::block_entries_max);

} // namespace bulla::sequencer
