// CRC-32C (RFC 3720 §12.1), and the form in which RocksDB stores it, so that a checksum over bytes that hold
// checksums stays useful: rotated right by 15 bits, plus a282ead8.
#pragma once

#include "base/bytes.hpp"

namespace bulla::store {

std::uint32_t crc32c(base::ByteView bytes);
std::uint32_t mask_crc32c(std::uint32_t crc);
inline std::uint32_t masked_crc32c(base::ByteView bytes) {
    return mask_crc32c(crc32c(bytes));
}

// Byte by byte, with the value after each.
class Crc32c {
public:
    void add(std::uint8_t byte);
    std::uint32_t sum() const { return ~state_; }

private:
    std::uint32_t state_ = 0xffff'ffff;
};

// RocksDB's fixed integers. The bytes must be at least the size of Integer; the first ones are read.
template <class Integer>
constexpr Integer load_little_endian(base::ByteView bytes) {
    CHECK(bytes.size() >= sizeof(Integer));
    Integer number = 0;
    for (std::size_t index = sizeof(Integer); index-- > 0;)
        number = static_cast<Integer>(number << 8 | bytes[index]);
    return number;
}

} // namespace bulla::store
