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
static_assert(block_submissions_max <= ledger::block_entries_max);

} // namespace bulla::sequencer
