// What a store can answer instead of a value, and the one place where a store ends the process.
//
// The place of a fault says which file or row, for people; it holds no secret.
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <string>

namespace bulla::store {

enum class StoreFaultKind : std::uint8_t {
    absent,   // no such directory or database
    in_use,   // another process, or this one, holds it
    damaged,  // a checksum, a missing file, or a row that does not decode
    no_space, // the disk is full: the write is refused, nothing was written, later ones may succeed
    failed,   // any other error of the machine; no later write succeeds
    newer,    // written by a newer version of the program
};

struct StoreFault {
    StoreFaultKind kind = StoreFaultKind::failed;
    std::string place;  // file or row
    std::string detail; // the library's words
};

template <class T>
using Stored = Result<T, StoreFault>;

// A failed sync, or a write of which nobody can say whether it is on the disk: no answer given after it would
// be sure, and trying again would only hide it. Prints the fault and aborts. Nothing else in this folder ends
// the process.
[[noreturn]] void fatal_store_error(StoreFault const& fault) noexcept;

} // namespace bulla::store
