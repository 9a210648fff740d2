// How a database is opened.
#pragma once

#include <cstdint>

namespace bulla::store {

enum class OpenMode : std::uint8_t {
    create,    // makes it where none stands; one that stands there is opened
    existing,  // for reading and writing
    read_only, // changes and creates no file; nobody else may have it open
};

} // namespace bulla::store
