#include "support/vectors.hpp"

#include "base/check.hpp"
#include "base/encoding.hpp"

#include <boost/json/parse.hpp>

#include <fstream>
#include <sstream>
#include <string>

namespace bulla::test {

boost::json::value load_vectors(std::string_view name) {
    std::ifstream file("tests/vectors/" + std::string(name));
    CHECK(file.good());
    std::stringstream text;
    text << file.rdbuf();
    return boost::json::parse(text.str());
}

base::ByteBuffer from_hex(std::string_view text) {
    auto bytes = base::parse_hex(text);
    CHECK(bytes.has_value());
    return *std::move(bytes);
}

base::ByteBuffer hex_member(boost::json::value const& object, std::string_view name) {
    return from_hex(std::string(object.at(name).as_string()));
}

} // namespace bulla::test
