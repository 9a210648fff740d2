// The maxima of the sequencer's queue and memories.
#pragma once

#include "ledger/block.hpp"

#include <cstddef>

namespace bulla::sequencer {

inline constexpr std::size_t queue_max = 8'192;           // submissions that wait for the next block
inline constexpr std::size_t block_entries_max = 4'096;   // what one block takes of them
inline constexpr std::size_t checks_remembered_max = 65'536;
static_assert(block_entries_max <= ledger::block_entries_max);

} // namespace bulla::sequencer
