// Unsigned integers in big-endian byte order, the order of every drawn format.
#pragma once

#include "base/bytes.hpp"

namespace bulla::base {

template <class Integer>
constexpr std::array<std::uint8_t, sizeof(Integer)> big_endian(Integer number) {
    std::array<std::uint8_t, sizeof(Integer)> bytes{};
    for (std::size_t index = 0; index < sizeof(Integer); ++index)
        bytes[index] = static_cast<std::uint8_t>(number >> (8 * (sizeof(Integer) - 1 - index)));
    return bytes;
}
constexpr auto u16be(std::uint16_t number) {
    return big_endian(number);
}
constexpr auto u32be(std::uint32_t number) {
    return big_endian(number);
}
constexpr auto u64be(std::uint64_t number) {
    return big_endian(number);
}

// The bytes must be at least the size of Integer; the first ones are read.
template <class Integer>
constexpr Integer load_big_endian(ByteView bytes) {
    CHECK(bytes.size() >= sizeof(Integer));
    Integer number = 0;
    for (std::size_t index = 0; index < sizeof(Integer); ++index)
        number = static_cast<Integer>(number << 8 | bytes[index]);
    return number;
}

} // namespace bulla::base
