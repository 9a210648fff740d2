#include "base/cbor.hpp"

#include "support/cbor_transcript.hpp"
#include "support/vectors.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <set>

namespace bulla::base {
namespace {

using test::CborTranscript;
using test::from_hex;

// The fault of an input that must be refused.
CborFault fault_of(std::string_view hex) {
    auto const transcript = CborTranscript::of(from_hex(hex));
    CHECK(!transcript.has_value());
    return transcript.error();
}

bool is_kept(std::string_view hex) {
    auto const transcript = CborTranscript::of(from_hex(hex));
    return transcript.has_value() && *transcript == from_hex(hex);
}

// Everything the ledger does not use, told from the diagnostic form of RFC 8949 §8: floats and other simple
// values, tags, negative integers and keys that are no unsigned integers.
bool has_foreign_type(std::string_view diagnostic) {
    auto const contains = [&](std::string_view part) { return diagnostic.contains(part); };
    return contains(".") || contains("Infinity") || contains("NaN") || contains("null") ||
           contains("undefined") || contains("simple") || contains("(") || contains("-") || contains("\":") ||
           contains("\": ") || diagnostic.starts_with("18446744073709551616");
}

// A random item of bounded depth; how it is written is the test's own account of it.
void write_any(CborWriter& writer, int depth) {
    switch (*rc::gen::inRange(0, depth > 0 ? 6 : 4)) {
    case 0: writer.uint(*rc::gen::arbitrary<std::uint64_t>() >> *rc::gen::inRange(0, 64)); return;
    case 1: writer.bytes(*rc::gen::arbitrary<ByteBuffer>()); return;
    case 2:
        writer.text(*rc::gen::element<std::string>("", "a", "ü", "水", "\U0001F600", std::string(300, 'x')));
        return;
    case 3: writer.boolean(*rc::gen::arbitrary<bool>()); return;
    case 4: {
        auto const count = *rc::gen::inRange<std::size_t>(0, 5);
        writer.array(count);
        for (std::size_t index = 0; index < count; ++index)
            write_any(writer, depth - 1);
        return;
    }
    default: {
        auto const keys =
            *rc::gen::container<std::set<std::uint64_t>>(rc::gen::inRange<std::uint64_t>(0, 70'000));
        writer.map(keys.size());
        for (auto const key : keys) {
            writer.key(key);
            write_any(writer, depth - 1);
        }
    }
    }
}

ByteBuffer any_item() {
    CborWriter writer;
    write_any(writer, 3);
    return std::move(writer).take();
}

} // namespace

TEST(Cbor, accepts_of_rfc_8949_appendix_a_what_the_ledger_uses_and_prints_it_again) {
    auto const document = test::load_vectors("cbor/rfc8949_appendix_a.json");
    std::size_t accepted = 0;
    std::size_t not_deterministic = 0;
    for (auto const& vector : document.at("vectors").as_array()) {
        auto const input = test::hex_member(vector, "hex");
        std::string_view const diagnostic = vector.at("diagnostic").as_string();
        auto const head = input[0];
        bool const is_indefinite = diagnostic.contains('_');
        bool const is_wide_special = head >= 0xfa && (diagnostic.contains("Infinity") || diagnostic == "NaN");
        not_deterministic += is_indefinite || is_wide_special ? 1 : 0;
        auto const transcript = CborTranscript::of(input);
        auto const is_ours = !is_indefinite && !has_foreign_type(diagnostic);
        EXPECT_EQ(transcript.has_value(), is_ours) << diagnostic;
        if (transcript) {
            EXPECT_EQ(*transcript, input) << diagnostic;
            ++accepted;
        }
    }
    EXPECT_EQ(document.at("vectors").as_array().size(), 81u);
    EXPECT_EQ(not_deterministic, 17u);
    EXPECT_GT(accepted, 20u);
}

TEST(Cbor, refuses_an_accepted_vector_cut_at_any_byte) {
    auto const document = test::load_vectors("cbor/rfc8949_appendix_a.json");
    for (auto const& vector : document.at("vectors").as_array()) {
        auto const input = test::hex_member(vector, "hex");
        if (!CborTranscript::of(input))
            continue;
        for (std::size_t size = 0; size < input.size(); ++size)
            EXPECT_FALSE(CborTranscript::of(ByteView(input).first(size))) << vector.at("hex") << ' ' << size;
        EXPECT_EQ(CborTranscript::of(concat(input, ByteBuffer{0})).error(), CborFault::trailing_bytes);
    }
}

RC_GTEST_PROP(Cbor, prints_again_what_the_writer_printed, ()) {
    auto const item = any_item();
    auto const transcript = CborTranscript::of(item);
    RC_ASSERT(transcript.has_value());
    RC_ASSERT(*transcript == item);
}

RC_GTEST_PROP(Cbor, prints_again_whatever_it_accepts, ()) {
    auto item = any_item();
    auto const place = *rc::gen::inRange<std::size_t>(0, item.size());
    item[place] = *rc::gen::arbitrary<std::uint8_t>();
    auto const transcript = CborTranscript::of(item);
    RC_ASSERT((!transcript || *transcript == item));
}

TEST(Cbor, every_input_of_two_bytes_is_refused_or_printed_again) {
    std::size_t accepted = 0;
    for (unsigned number = 0; number < 0x10000; ++number) {
        ByteBuffer const input = {static_cast<std::uint8_t>(number >> 8),
                                  static_cast<std::uint8_t>(number & 0xff)};
        auto const transcript = CborTranscript::of(input);
        if (transcript) {
            ASSERT_EQ(*transcript, input);
            ++accepted;
        }
    }
    // 18xx from 24 on; 41xx; 61xx of ASCII; 81 and one of 00..17, 40, 60, 80, a0, f4, f5.
    EXPECT_EQ(accepted, (256u - 24) + 256 + 128 + (24 + 4 + 2));
}

TEST(CborReader, refuses_heads_longer_than_needed) {
    for (auto const hex :
         {"1800", "1817", "190000", "1900ff", "1a00000000", "1a0000ffff", "1b0000000000000000",
          "1b00000000ffffffff", "580100", "7800", "9800", "b800", "a1180000", "811800"})
        EXPECT_EQ(fault_of(hex), CborFault::not_shortest) << hex;
    for (auto const hex : {"17", "1818", "18ff", "190100", "19ffff", "1a00010000", "1affffffff",
                           "1b0000000100000000", "1bffffffffffffffff"})
        EXPECT_TRUE(is_kept(hex)) << hex;
}

TEST(CborReader, refuses_foreign_types) {
    for (auto const hex : {"20", "3863", "c0", "d818", "f6", "f7", "f0", "f8ff", "f90000", "fa00000000", "ff",
                           "9f", "5f", "7f", "bf", "1c", "1f", "5c", "fc"})
        EXPECT_FALSE(CborTranscript::of(from_hex(hex))) << hex;
    EXPECT_EQ(fault_of("f6"), CborFault::wrong_type);
    EXPECT_EQ(fault_of("5f"), CborFault::wrong_type);
    EXPECT_EQ(fault_of("20"), CborFault::wrong_type);
}

TEST(CborReader, refuses_keys_out_of_order_twice_or_not_unsigned) {
    EXPECT_TRUE(is_kept("a201000200"));
    EXPECT_TRUE(is_kept("a217001818f4"));
    for (auto const hex : {"a202000100", "a201000100", "a12000", "a1616100", "a1410000", "a1f400"})
        EXPECT_EQ(fault_of(hex), CborFault::wrong_key) << hex;
}

TEST(CborReader, refuses_text_that_is_not_utf8) {
    for (auto const hex : {"61ff", "62c080", "63eda080", "64f4908080", "61c3"})
        EXPECT_EQ(fault_of(hex), CborFault::invalid_text) << hex;
}

TEST(CborReader, refuses_counts_beyond_the_input_before_reserving) {
    for (auto const hex : {"9bffffffffffffffff", "bbffffffffffffffff", "5bffffffffffffffff",
                           "7bffffffffffffffff", "9a7fffffff00", "ba7fffffff0000", "5a7fffffff00"})
        EXPECT_EQ(fault_of(hex), CborFault::truncated) << hex;
}

TEST(CborReader, accepts_eight_levels_and_refuses_nine) {
    EXPECT_TRUE(is_kept("8181818181818181"
                        "00"));
    EXPECT_EQ(fault_of("81818181818181818100"), CborFault::too_deep);
    EXPECT_TRUE(is_kept("a100a100a100a100a100a100a100a10000"));
    EXPECT_EQ(fault_of("a100a100a100a100a100a100a100a100a10000"), CborFault::too_deep);
}

TEST(CborReader, depth_is_given_back_by_closing) {
    EXPECT_TRUE(is_kept("8981008100810081008100810081008100"
                        "8100"));
    EXPECT_TRUE(is_kept("89a0a0a0a0a0a0a0a0a0"));
}

TEST(CborReader, reads_the_fields_of_a_map_by_name) {
    auto const input = from_hex("a30001024103046161");
    CborReader reader(input);
    reader.open_map();
    reader.field(0);
    EXPECT_EQ(reader.uint(), 1u);
    EXPECT_FALSE(reader.has_field(1));
    ASSERT_TRUE(reader.has_field(2));
    EXPECT_EQ(to_buffer(reader.bytes()), ByteBuffer{3});
    EXPECT_FALSE(reader.has_field(3));
    reader.field(4);
    EXPECT_EQ(reader.text(), "a");
    EXPECT_FALSE(reader.has_field(5));
    reader.close_map();
    EXPECT_TRUE(reader.finish().has_value());
}

TEST(CborReader, refuses_an_unknown_and_a_missing_key) {
    auto const input = from_hex("a200010102");
    CborReader unknown(input);
    unknown.open_map();
    unknown.field(0);
    (void)unknown.uint();
    unknown.close_map();
    EXPECT_EQ(unknown.finish().error(), CborFault::wrong_key);

    CborReader missing(input);
    missing.open_map();
    missing.field(0);
    (void)missing.uint();
    missing.field(2);
    EXPECT_EQ(missing.finish().error(), CborFault::wrong_key);
}

TEST(CborReader, remembers_the_first_fault_and_gives_zeros_from_then_on) {
    auto const input = from_hex("f405");
    CborReader reader(input);
    EXPECT_EQ(reader.uint(), 0u);
    EXPECT_FALSE(reader.ok());
    EXPECT_EQ(reader.uint(), 0u);
    EXPECT_TRUE(reader.bytes().empty());
    EXPECT_TRUE(reader.text().empty());
    EXPECT_FALSE(reader.boolean());
    EXPECT_EQ(reader.array(9), 0u);
    reader.fail(CborFault::too_deep);
    EXPECT_EQ(reader.finish().error(), CborFault::wrong_type);
}

TEST(CborReader, holds_sizes_counts_and_numbers_to_their_bounds) {
    using Fixed = Bytes<struct FixedMeaning, 2>;
    auto const two = from_hex("420102");
    EXPECT_EQ(CborReader(two).fixed<Fixed>(), Fixed::from(from_hex("0102")));
    auto const three = from_hex("43010203");
    CborReader longer(three);
    EXPECT_EQ(longer.fixed<Fixed>(), Fixed{});
    EXPECT_EQ(longer.finish().error(), CborFault::wrong_length);

    auto const number = from_hex("1818");
    CborReader within(number);
    EXPECT_EQ(within.uint_at_most(24), 24u);
    EXPECT_TRUE(within.finish().has_value());
    CborReader beyond(number);
    EXPECT_EQ(beyond.uint_at_most(23), 0u);
    EXPECT_EQ(beyond.finish().error(), CborFault::value_out_of_range);

    auto const list = from_hex("820000");
    EXPECT_EQ(CborReader(list).array(2), 2u);
    CborReader short_list(list);
    EXPECT_EQ(short_list.array(1), 0u);
    EXPECT_EQ(short_list.finish().error(), CborFault::wrong_length);
}

TEST(CborWriterDeathTest, keys_out_of_order_or_outside_a_map_end_the_process) {
    EXPECT_DEATH(CborWriter().key(0), "internal check failed");
    EXPECT_DEATH(CborWriter().map(2).key(1).uint(0).key(1), "internal check failed");
    EXPECT_DEATH(CborWriter().map(2).key(1).uint(0).key(0), "internal check failed");
    EXPECT_DEATH(CborWriter().map(1).key(0).uint(0).key(1), "internal check failed");
    EXPECT_DEATH(CborWriter().text("\xff"), "internal check failed");
}

TEST(CborWriter, a_map_within_a_map_has_its_own_order_of_keys) {
    CborWriter writer;
    writer.map(2).key(4).map(1).key(0).uint(7).key(5).boolean(true);
    EXPECT_EQ(std::move(writer).take(), from_hex("a204a1000705f5"));
}

} // namespace bulla::base
