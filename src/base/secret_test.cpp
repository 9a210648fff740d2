#include "base/secret.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <new>
#include <type_traits>

namespace bulla::base {
namespace {

template <class T>
concept Comparable = requires(T const& left, T const& right) { left == right; };

static_assert(!Comparable<Secret<32>>);
static_assert(!Comparable<SecretBytes>);
static_assert(!std::is_copy_constructible_v<Secret<32>> && !std::is_copy_assignable_v<Secret<32>>);
static_assert(!std::is_copy_constructible_v<SecretBytes> && !std::is_copy_assignable_v<SecretBytes>);
static_assert(!std::is_default_constructible_v<Secret<32>>);
static_assert(!std::is_default_constructible_v<SecretBytes>);
static_assert(std::is_nothrow_move_constructible_v<Secret<32>>);

ByteBuffer const ones(32, 1);

} // namespace

TEST(Secret, is_wiped_where_it_ends) {
    alignas(Secret<32>) std::array<std::uint8_t, sizeof(Secret<32>)> place{};
    auto* const secret = ::new (place.data()) Secret<32>(Secret<32>::from(ones));
    ASSERT_EQ(to_buffer(secret->expose()), ones);
    secret->~Secret();
    EXPECT_EQ(place, decltype(place){});
}

TEST(Secret, moved_from_is_wiped) {
    auto from = Secret<32>::from(ones);
    auto const to = std::move(from);
    EXPECT_EQ(to_buffer(to.expose()), ones);
    EXPECT_EQ(to_buffer(from.expose()), ByteBuffer(32)); // NOLINT(bugprone-use-after-move): what is promised

    auto other = Secret<32>::from(ByteBuffer(32, 2));
    auto third = Secret<32>::from(ones);
    other = std::move(third);
    EXPECT_EQ(to_buffer(other.expose()), ones);
    EXPECT_EQ(to_buffer(third.expose()), ByteBuffer(32)); // NOLINT(bugprone-use-after-move)
}

TEST(Secret, survives_being_moved_to_itself) {
    auto secret = Secret<32>::from(ones);
    auto& same = secret;
    secret = std::move(same);
    EXPECT_EQ(to_buffer(secret.expose()), ones);
}

TEST(Secret, its_clone_is_its_own) {
    auto secret = Secret<32>::from(ones);
    auto const clone = secret.clone();
    secret = Secret<32>::from(ByteBuffer(32, 2));
    EXPECT_EQ(to_buffer(clone.expose()), ones);
}

TEST(Secret, is_filled_by_its_maker) {
    auto const secret = Secret<4>::make([](ByteSpan bytes) {
        ASSERT_EQ(bytes.size(), 4u);
        std::ranges::fill(bytes, std::uint8_t{9});
    });
    EXPECT_EQ(to_buffer(secret.expose()), ByteBuffer(4, 9));
}

TEST(SecretDeathTest, of_another_size_ends_the_process) {
    EXPECT_DEATH((void)Secret<32>::from(ByteBuffer(31)), "internal check failed");
    EXPECT_DEATH((void)Secret<32>::from(ByteBuffer(33)), "internal check failed");
}

TEST(SecretBytes, moved_from_is_empty) {
    auto from = SecretBytes::from(ones);
    auto const to = std::move(from);
    EXPECT_EQ(to_buffer(to.expose()), ones);
    EXPECT_EQ(from.size(), 0u); // NOLINT(bugprone-use-after-move): what is promised
    EXPECT_TRUE(from.expose().empty());
    auto other = SecretBytes::from(ByteBuffer(3, 2));
    other = SecretBytes::from(ones);
    EXPECT_EQ(to_buffer(other.expose()), ones);
}

TEST(SecretBytes, may_be_empty_and_begins_as_zeros) {
    EXPECT_EQ(SecretBytes::from({}).size(), 0u);
    EXPECT_EQ(to_buffer(SecretBytes(5).expose()), ByteBuffer(5));
}

TEST(Wipe, overwrites_every_byte) {
    auto bytes = ones;
    wipe(ByteSpan(bytes).first(31));
    EXPECT_EQ(concat(ByteBuffer(31), ByteBuffer{1}), bytes);
}

TEST(Wipe, leaves_a_text_empty_with_its_buffer) {
    std::string text = "a password that is too long for the small buffer";
    auto const* const start = text.data();
    auto const capacity = text.capacity();
    wipe(text);
    EXPECT_TRUE(text.empty());
    EXPECT_EQ(text.data(), start); // no other buffer was made, and left behind, meanwhile
    EXPECT_EQ(text.capacity(), capacity);
}

TEST(Wipe, takes_nothing) {
    wipe(ByteSpan{});
    std::string none;
    wipe(none);
    EXPECT_TRUE(none.empty());
}

RC_GTEST_PROP(SameSecret, is_equality_of_bytes, (ByteBuffer const& left, ByteBuffer const& right)) {
    RC_ASSERT(same_secret(left, right) == (left == right));
    RC_ASSERT(same_secret(left, ByteBuffer(left)));
}

TEST(SameSecret, sees_a_difference_of_any_single_bit) {
    ByteBuffer const secret(32, 0x5a);
    for (std::size_t bit = 0; bit < 256; ++bit) {
        auto other = secret;
        other[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
        EXPECT_FALSE(same_secret(secret, other)) << bit;
    }
    EXPECT_FALSE(same_secret(secret, ByteView(secret).first(31)));
    EXPECT_TRUE(same_secret(ByteView{}, ByteView{}));
}

} // namespace bulla::base
