// What a store can answer instead of a value. The place says which file or row, for people; it holds no secret.
#pragma once

#include "base/result.hpp"

#include <string>

namespace bulla::store {

enum class StoreFaultKind : std::uint8_t {
    absent,      // no such directory or database
    in_use,      // another process holds it
    damaged,     // checksum, missing file, or a row that does not decode
    no_space,    // the disk is full: writes are refused, nothing was written
    failed,      // any other error of the machine; after a write: the process must end
    newer,       // written by a newer version of the program
};

struct StoreFault {
    StoreFaultKind kind = StoreFaultKind::failed;
    std::string place;  // file or row
    std::string detail; // the library's words
};

template <class T>
using Stored = Result<T, StoreFault>;

} // namespace bulla::store
