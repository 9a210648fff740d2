#include "base/bytes.hpp"

#include "base/big_endian.hpp"
#include "base/handle.hpp"
#include "base/ordinal.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <type_traits>

namespace bulla::base {
namespace {

using Apple = Bytes<struct AppleMeaning, 4>;
using Pear = Bytes<struct PearMeaning, 4>;
using AppleNumber = Ordinal<struct AppleMeaning>;
using PearNumber = Ordinal<struct PearMeaning>;

template <class Left, class Right>
concept Comparable = requires(Left left, Right right) { left == right; };

static_assert(!std::is_convertible_v<Apple, Pear> && !std::is_constructible_v<Apple, Pear>);
static_assert(!Comparable<Apple, Pear>);
static_assert(!std::is_constructible_v<AppleNumber, PearNumber> && !Comparable<AppleNumber, PearNumber>);
static_assert(!std::is_convertible_v<std::uint64_t, AppleNumber>);

enum class Flaw { small, large };
enum class Mapped { other };

Result<int, Flaw> half(int number) {
    if (number % 2 != 0)
        return std::unexpected{Flaw::small};
    return number / 2;
}
Result<int, Flaw> quarter(int number) {
    auto const once = TRY(half(number));
    return TRY(half(once));
}
Result<void, Flaw> check_small(int number) {
    if (number > 9)
        return std::unexpected{Flaw::large};
    return {};
}
Result<std::unique_ptr<int>, Flaw> make_small(int number) {
    TRY(check_small(number));
    return std::make_unique<int>(number);
}
Result<int, Flaw> take_small(int number) {
    auto const owned = TRY(make_small(number));
    return *owned;
}

int freed = 0;
void free_int(int* number) {
    ++freed;
    delete number; // stands for a C library's own function
}

} // namespace

TEST(Bytes, parse_takes_the_exact_size_alone) {
    ByteBuffer const five = {1, 2, 3, 4, 5};
    for (std::size_t size = 0; size <= 5; ++size)
        EXPECT_EQ(Apple::parse(ByteView(five).first(size)).has_value(), size == 4) << size;
    EXPECT_EQ(to_buffer(*Apple::parse(ByteView(five).first(4))), (ByteBuffer{1, 2, 3, 4}));
}

TEST(BytesDeathTest, from_another_size_ends_the_process) {
    EXPECT_DEATH((void)Apple::from(ByteBuffer(3)), "internal check failed");
}

TEST(Bytes, begin_as_zeros_and_are_ordered_like_texts) {
    EXPECT_TRUE(Apple{}.is_zero());
    auto const low = Apple::from(ByteBuffer{0, 0, 0, 0xff});
    auto const high = Apple::from(ByteBuffer{0x80, 0, 0, 0});
    EXPECT_FALSE(low.is_zero());
    EXPECT_LT(low, high);
    EXPECT_EQ(high[0], 0x80);
}

TEST(Concat, joins_in_order) {
    EXPECT_EQ(concat(as_bytes("ab"), ByteBuffer{}, as_bytes("c")), to_buffer(as_bytes("abc")));
    EXPECT_EQ(as_text(as_bytes("text")), "text");
}

TEST(PrefixHash, is_the_first_eight_bytes) {
    using Wide = Bytes<struct WideMeaning, 9>;
    EXPECT_EQ(PrefixHash{}(Wide::from(ByteBuffer{1, 2, 3, 4, 5, 6, 7, 8, 9})), 0x0102030405060708u);
}

TEST(BigEndian, puts_the_highest_byte_first) {
    EXPECT_EQ(to_buffer(u16be(0x0102)), (ByteBuffer{1, 2}));
    EXPECT_EQ(to_buffer(u32be(0x01020304)), (ByteBuffer{1, 2, 3, 4}));
    EXPECT_EQ(to_buffer(u64be(0x0102030405060708)), (ByteBuffer{1, 2, 3, 4, 5, 6, 7, 8}));
}

RC_GTEST_PROP(BigEndian, loads_what_it_stored, (std::uint64_t number)) {
    RC_ASSERT(load_big_endian<std::uint64_t>(u64be(number)) == number);
    auto const narrow = static_cast<std::uint16_t>(number);
    RC_ASSERT(load_big_endian<std::uint16_t>(u16be(narrow)) == narrow);
}

TEST(BigEndianDeathTest, too_few_bytes_end_the_process) {
    EXPECT_DEATH((void)load_big_endian<std::uint32_t>(ByteBuffer(3)), "internal check failed");
}

TEST(Ordinal, counts_and_compares) {
    EXPECT_EQ(AppleNumber{}.number(), 0u);
    EXPECT_EQ(AppleNumber{7}.next(), AppleNumber{8});
    EXPECT_LT(AppleNumber{7}, AppleNumber{8});
}

TEST(Try, hands_the_first_fault_to_the_caller) {
    EXPECT_EQ(quarter(8).value(), 2);
    EXPECT_EQ(quarter(6).error(), Flaw::small);
    EXPECT_EQ(quarter(7).error(), Flaw::small);
}

TEST(Try, takes_results_of_nothing_and_of_what_only_moves) {
    EXPECT_EQ(take_small(9).value(), 9);
    EXPECT_EQ(take_small(10).error(), Flaw::large);
}

TEST(MapFault, translates_a_fault_and_keeps_a_value) {
    auto const to_mapped = [](Flaw) { return Mapped::other; };
    EXPECT_EQ(map_fault(half(4), to_mapped).value(), 2);
    EXPECT_EQ(map_fault(half(3), to_mapped).error(), Mapped::other);
    EXPECT_TRUE(map_fault(check_small(1), to_mapped).has_value());
    EXPECT_EQ(map_fault(check_small(10), to_mapped).error(), Mapped::other);
}

TEST(Handle, frees_once) {
    freed = 0;
    {
        Handle<int, free_int> first(new int(5));
        auto const second = std::move(first);
        EXPECT_EQ(*second, 5);
        EXPECT_EQ(freed, 0);
    }
    EXPECT_EQ(freed, 1);
}

TEST(Timestamp, counts_milliseconds_of_the_unix_epoch) {
    EXPECT_EQ(unix_milliseconds(from_unix_milliseconds(1'700'000'000'999)), 1'700'000'000'999u);
    EXPECT_EQ(unix_seconds(from_unix_milliseconds(1'700'000'000'999)), 1'700'000'000);
    EXPECT_EQ(unix_milliseconds(Timestamp{}), 0u);
}

TEST(CheckDeathTest, names_condition_and_place) {
    EXPECT_DEATH(CHECK(1 + 1 == 3), "bytes_test.cpp:[0-9]+: internal check failed: 1 \\+ 1 == 3");
    EXPECT_DEATH(CHECK_UNREACHABLE(), "unreachable");
}

} // namespace bulla::base
