// Why a call of the engine cannot be answered. The connection ends, and the engine stops itself.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string_view>

namespace bulla::sequencer::comet {

enum class CallFault : std::uint8_t {
    malformed,          // not a message of ABCI 2.0 that we know
    out_of_order,       // FinalizeBlock of another height than the next, Commit without a block
    wrong_chain,        // InitChain: another chain id, or a start that is not this ledger's end
    wrong_validators,   // InitChain: not the nodes of the list in force, or not of equal power
    already_begun,      // InitChain after the first Commit
    unknown_rules,      // the block is made by rules that this program does not know
    no_space,           // the disk is full: nothing was written, and the block comes again
    store,              // the store could not be read
};

std::string_view name(CallFault fault);
std::string_view advice(CallFault fault); // for the log, and for the engine's

template <class T>
using Called = Result<T, CallFault>;

} // namespace bulla::sequencer::comet
