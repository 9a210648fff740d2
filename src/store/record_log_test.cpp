#include "store/record_log.hpp"

#include "store/crc32c.hpp"
#include "support/temporary_directory.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <fstream>
#include <set>

namespace bulla::store {
namespace {

using test::TemporaryDirectory;

base::ByteBuffer record(std::uint8_t type, base::ByteView payload) {
    base::ByteBuffer checked{type};
    base::append(checked, payload);
    auto const masked = masked_crc32c(checked);
    base::ByteBuffer out;
    for (unsigned shift = 0; shift < 32; shift += 8)
        out.push_back(static_cast<std::uint8_t>(masked >> shift));
    out.push_back(static_cast<std::uint8_t>(payload.size()));
    out.push_back(static_cast<std::uint8_t>(payload.size() >> 8));
    base::append(out, checked);
    return out;
}

RecordLogReport check_bytes(base::ByteView bytes) {
    TemporaryDirectory const directory;
    auto const file = directory.path() / "000001.log";
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<char const*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return check_record_log(file);
}

// Three records, the middle one in two parts across the end of the first block, which ends in five zeros.
base::ByteBuffer log_of_two_blocks() {
    base::ByteBuffer const long_payload(32'768 - 20 - 7 - 5, 0x61);
    base::ByteBuffer const short_payload(13, 0x62);
    auto out = record(1, short_payload); // 20 bytes
    base::append(out, record(2, long_payload));
    out.resize(32'768);
    base::append(out, record(4, short_payload));
    base::append(out, record(1, short_payload));
    return out;
}

TEST(RecordLog, whose_records_fill_the_file_is_whole) {
    EXPECT_EQ(check_bytes(log_of_two_blocks()).verdict, RecordLogVerdict::whole);
    EXPECT_EQ(check_bytes({}).verdict, RecordLogVerdict::whole);
}

TEST(RecordLog, that_is_not_there_is_unreadable) {
    TemporaryDirectory const directory;
    EXPECT_EQ(check_record_log(directory.path() / "absent").verdict, RecordLogVerdict::unreadable);
}

// G4
TEST(RecordLog, cut_anywhere_but_between_records_is_interrupted) {
    auto const whole = log_of_two_blocks();
    std::set<std::size_t> const between = {0, 20, 32'788, whole.size()};
    for (std::size_t size = 0; size <= whole.size(); size += size > 40 && size < 32'740 ? 512 : 1)
        EXPECT_EQ(check_bytes(base::ByteView(whole).first(size)).verdict,
                  between.contains(size) ? RecordLogVerdict::whole : RecordLogVerdict::interrupted)
            << size;
}

// RocksDB would take it for an interrupted write.
TEST(RecordLog, whose_last_record_has_a_length_beyond_the_end_is_damaged) {
    auto const whole = log_of_two_blocks();
    for (std::size_t const record : {32'768U, 32'788U})
        for (int bit = 0; bit < 16; ++bit) {
            auto bytes = whole;
            auto& byte = bytes[record + 4 + static_cast<std::size_t>(bit / 8)];
            byte = static_cast<std::uint8_t>(byte ^ (1 << (bit % 8)));
            auto const report = check_bytes(bytes);
            EXPECT_EQ(report.verdict, RecordLogVerdict::damaged) << record << " bit " << bit;
            EXPECT_EQ(report.offset, record);
        }
}

TEST(RecordLog, names_the_offset_of_the_first_bad_record) {
    auto bytes = log_of_two_blocks();
    bytes[32'768 + 10] ^= 1;
    auto const report = check_bytes(bytes);
    EXPECT_EQ(report.verdict, RecordLogVerdict::damaged);
    EXPECT_EQ(report.offset, 32'768U);
}

TEST(RecordLog, that_ends_between_the_parts_of_a_record_is_interrupted) {
    EXPECT_EQ(check_bytes(record(2, base::ByteBuffer(4, 0x63))).verdict, RecordLogVerdict::interrupted);
}

TEST(RecordLog, with_parts_in_a_wrong_order_is_damaged) {
    base::ByteBuffer const payload(4, 0x63);
    EXPECT_EQ(check_bytes(record(3, payload)).verdict, RecordLogVerdict::damaged);
    EXPECT_EQ(check_bytes(record(4, payload)).verdict, RecordLogVerdict::damaged);
    EXPECT_EQ(check_bytes(base::concat(record(2, payload), record(1, payload))).verdict,
              RecordLogVerdict::damaged);
    EXPECT_EQ(check_bytes(record(5, payload)).verdict, RecordLogVerdict::damaged);
}

RC_GTEST_PROP(RecordLog, with_one_flipped_bit_is_damaged, ()) {
    auto bytes = log_of_two_blocks();
    auto const bit = *rc::gen::inRange<std::size_t>(0, bytes.size() * 8);
    bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] ^ (1U << (bit % 8)));
    RC_ASSERT(check_bytes(bytes).verdict == RecordLogVerdict::damaged);
}

} // namespace
} // namespace bulla::store
