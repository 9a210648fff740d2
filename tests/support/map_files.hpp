// Map files changed on purpose, for tests.
#pragma once

#include "crypto/hash.hpp"
#include "merkle/map_file.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace bulla::test {

inline base::ByteBuffer read_bytes(std::filesystem::path const& file) {
    std::ifstream in(file, std::ios::binary);
    std::string const text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    return base::to_buffer(base::as_bytes(text));
}

inline void write_bytes(std::filesystem::path const& file, base::ByteView bytes) {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << base::as_text(bytes);
}

// The file with its checksum made anew, as somebody who changes it on purpose would; of less than a mebibyte.
inline base::ByteBuffer with_new_checksum(base::ByteBuffer bytes) {
    auto const body = base::ByteView(bytes).first(bytes.size() - 32);
    CHECK(body.size() < 1'048'576);
    auto const checksum = crypto::sha256(crypto::sha256(body));
    std::ranges::copy(checksum.view(), bytes.end() - 32);
    return bytes;
}

// The last inner hash is another one: the row reached through it has a false way.
inline void falsify_last_hash(std::filesystem::path const& file) {
    auto bytes = read_bytes(file);
    bytes[bytes.size() - 33] ^= 1;
    write_bytes(file, with_new_checksum(std::move(bytes)));
}

} // namespace bulla::test
