#include "store/crc32c.hpp"

namespace bulla::store {
namespace {

// Reflected Castagnoli polynomial, one table for each byte of eight.
using CrcTables = std::array<std::array<std::uint32_t, 256>, 8>;
constexpr CrcTables make_crc_tables() {
    CrcTables tables{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t crc = byte;
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78 : 0);
        tables[0][byte] = crc;
    }
    for (std::size_t table = 1; table < 8; ++table)
        for (std::size_t byte = 0; byte < 256; ++byte)
            tables[table][byte] = (tables[table - 1][byte] >> 8) ^ tables[0][tables[table - 1][byte] & 0xff];
    return tables;
}
constexpr CrcTables crc_tables = make_crc_tables();

} // namespace

std::uint32_t crc32c(base::ByteView bytes) {
    std::uint32_t crc = 0xffff'ffff;
    std::size_t at = 0;
    for (; bytes.size() - at >= 8; at += 8) {
        auto const low = crc ^ load_little_endian<std::uint32_t>(bytes.subspan(at));
        std::uint32_t next = 0;
        for (std::size_t byte = 0; byte < 4; ++byte)
            next ^=
                crc_tables[7 - byte][(low >> (8 * byte)) & 0xff] ^ crc_tables[3 - byte][bytes[at + 4 + byte]];
        crc = next;
    }
    for (; at < bytes.size(); ++at)
        crc = (crc >> 8) ^ crc_tables[0][(crc ^ bytes[at]) & 0xff];
    return ~crc;
}

void Crc32c::add(std::uint8_t byte) {
    state_ = (state_ >> 8) ^ crc_tables[0][(state_ ^ byte) & 0xff];
}

std::uint32_t mask_crc32c(std::uint32_t crc) {
    return ((crc >> 15) | (crc << 17)) + 0xa282ead8;
}

} // namespace bulla::store
