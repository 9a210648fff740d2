// The maxima of what the engine may send and how much may be under way.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace bulla::sequencer::comet {

inline constexpr std::size_t frame_size_max = 24 * 1024 * 1024; // above a block and a snapshot chunk of 16 MB
inline constexpr std::size_t answers_size_max = 64 * 1024; // gathered before they are written
inline constexpr std::size_t connections_max = 64; // the engine makes four
inline constexpr std::size_t waiting_max = 8'192; // submissions that wait for their block

// A proposer whose block time lies further behind proposes no entries, and a proposal of entries
// that lies further behind than the second is refused.
inline constexpr std::chrono::milliseconds proposal_age_max{2'000};
inline constexpr std::chrono::milliseconds accepted_age_max{60'000};

// A transaction that is well-formed and finds no room in its block. Never the number of a ledger::Rejection.
inline constexpr std::uint32_t code_block_full = 100'000;
// Queries that Bulla does not answer, and peers that are not of the network.
inline constexpr std::uint32_t code_refused = 100'001;

} // namespace bulla::sequencer::comet
