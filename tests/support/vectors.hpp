// Reads the test vectors of tests/vectors. Unit tests run in the project's root folder.
#pragma once

#include "base/bytes.hpp"

#include <boost/json/value.hpp>

#include <string_view>

namespace bulla::test {

// The parsed JSON of tests/vectors/NAME. Ends the test program when the file is missing or no JSON.
boost::json::value load_vectors(std::string_view name);

// The bytes of a hex or base64 string member. Ends the test program when it is absent or malformed.
base::ByteBuffer hex_member(boost::json::value const& object, std::string_view name);
base::ByteBuffer from_hex(std::string_view text);

} // namespace bulla::test
