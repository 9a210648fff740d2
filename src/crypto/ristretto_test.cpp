#include "crypto/ristretto.hpp"

#include "crypto/random.hpp"
#include "support/vectors.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace bulla::crypto {
namespace {

using base::ByteBuffer;
using base::to_buffer;
using test::from_hex;

constexpr auto group_order = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
constexpr auto group_order_minus_one = "ecd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";

Scalar small_scalar(std::uint8_t number) {
    ByteBuffer bytes(32);
    bytes[0] = number;
    return Scalar::parse(bytes).value();
}

Scalar any_scalar() {
    auto const wide = *rc::gen::container<ByteBuffer>(64, rc::gen::arbitrary<std::uint8_t>());
    auto scalar = Scalar::reduce(wide);
    RC_PRE(scalar.has_value());
    return *std::move(scalar);
}

bool is_same(std::optional<Scalar> const& left, std::optional<Scalar> const& right) {
    return left && right && base::same_secret(left->expose(), right->expose());
}

} // namespace

// RFC 9496 appendix A.1: the multiples 1 to 4 of the generator.
TEST(Element, multiples_of_the_generator_are_those_of_rfc_9496) {
    constexpr std::array<std::string_view, 4> multiples = {
        "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76",
        "6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919",
        "94741f5d5d52755ece4f23f044ee27d5d1ea1e2bd196b462166b16152a9d0259",
        "da80862773358b466ffadfe0b3293ab3d9fd53c5ea6c955358f568322daf6a57",
    };
    auto sum = multiply_base(small_scalar(1));
    for (std::uint8_t number = 1; number <= 4; ++number) {
        EXPECT_EQ(to_buffer(multiply_base(small_scalar(number)).view()), from_hex(multiples[number - 1u]));
        EXPECT_EQ(to_buffer(sum.view()), from_hex(multiples[number - 1u]));
        sum = add(sum, multiply_base(small_scalar(1))).value();
    }
}

// RFC 9496 appendix A.2, one line of each reason.
// E2
TEST(Element, bad_encodings_are_refused) {
    constexpr std::array<std::string_view, 9> bad = {
        "0000000000000000000000000000000000000000000000000000000000000000", // the identity
        "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", // not canonical
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0100000000000000000000000000000000000000000000000000000000000000", // negative
        "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371", // no square root
        "3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e", // negative x·y
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", // s = −1
    };
    for (auto const encoding : bad)
        EXPECT_FALSE(Element::parse(from_hex(encoding))) << encoding;
}

// libsodium 1.0.18 ignores the bit: the identity spelled so ended the process at its first multiplication.
TEST(Element, an_encoding_with_the_highest_bit_set_is_refused) {
    for (std::uint8_t number = 0; number < 16; ++number) {
        auto encoding = number == 0 ? ByteBuffer(32) : to_buffer(multiply_base(small_scalar(number)).view());
        EXPECT_EQ(Element::parse(encoding).has_value(), number != 0);
        encoding[31] |= 0x80;
        EXPECT_FALSE(Element::parse(encoding)) << unsigned{number};
    }
}

TEST(Element, every_flipped_bit_is_refused_or_another_element_to_multiply) {
    std::size_t accepted = 0;
    for (std::uint8_t number = 0; number < 8; ++number) {
        auto const good =
            number == 0 ? ByteBuffer(32) : to_buffer(multiply_base(small_scalar(number)).view());
        for (std::size_t bit = 0; bit < 256; ++bit) {
            auto changed = good;
            changed[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
            if (auto const element = Element::parse(changed)) {
                EXPECT_EQ(to_buffer(element->view()), changed);
                auto const product = multiply(small_scalar(3), *element);
                ASSERT_TRUE(product.has_value());
                auto const third = small_scalar(3).invert();
                EXPECT_EQ(to_buffer(multiply(third, *product).value().view()), changed);
                ++accepted;
            }
        }
    }
    EXPECT_GT(accepted, 100u);
}

TEST(Element, encodings_of_another_length_are_refused) {
    auto const good = to_buffer(multiply_base(small_scalar(2)).view());
    ASSERT_TRUE(Element::parse(good));
    for (std::size_t size = 0; size < good.size(); ++size)
        EXPECT_FALSE(Element::parse(base::ByteView(good).first(size)));
    EXPECT_FALSE(Element::parse(base::concat(good, ByteBuffer{0})));
}

// E3
TEST(Element, operations_that_meet_the_identity_give_nothing) {
    auto const element = multiply_base(small_scalar(2));
    auto const minus_one = Scalar::parse(from_hex(group_order_minus_one)).value();
    auto const negative = multiply(minus_one, element).value();
    EXPECT_FALSE(add(element, negative));
    EXPECT_FALSE(subtract(element, element));
    EXPECT_EQ(subtract(element, negative), multiply_base(small_scalar(4)));
}

// RFC 9496 appendix A.3, the first label.
TEST(Element, from_uniform_is_the_map_of_rfc_9496) {
    EXPECT_EQ(to_buffer(Element::from_uniform(
                            from_hex("5d1be09e3d0c82fc538112490e35701979d99e06ca3e2b5b54bffe8b4dc772c1"
                                     "4d98b696a1bbfb5ca32c436cc61c16563790306c79eaca7705668b47dffe5bb6"))
                            .view()),
              from_hex("3066f82a1a747d45120d1740f14358531a8f04bbffe6a819f86dfe50f44a0a46"));
}

TEST(Scalar, only_the_canonical_nonzero_spelling_is_accepted) {
    EXPECT_FALSE(Scalar::parse(ByteBuffer(32)));
    EXPECT_FALSE(Scalar::parse(from_hex(group_order)));
    EXPECT_FALSE(Scalar::parse(from_hex("eed3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")));
    EXPECT_FALSE(Scalar::parse(from_hex("0100000000000000000000000000000000000000000000000000000000000080")));
    EXPECT_FALSE(Scalar::parse(ByteBuffer(32, 0xff)));
    EXPECT_FALSE(Scalar::parse(ByteBuffer(31, 1)));
    EXPECT_FALSE(Scalar::parse(ByteBuffer(33, 1)));
    EXPECT_TRUE(Scalar::parse(from_hex(group_order_minus_one)));
    EXPECT_TRUE(Scalar::parse(ByteBuffer(32, 1)));
}

TEST(Scalar, a_wide_zero_reduces_to_nothing) {
    EXPECT_FALSE(Scalar::reduce(ByteBuffer(64)));
    EXPECT_FALSE(Scalar::reduce(base::concat(from_hex(group_order), ByteBuffer(32))));
    EXPECT_TRUE(is_same(Scalar::reduce(base::concat(from_hex(group_order_minus_one), ByteBuffer(32))),
                        Scalar::parse(from_hex(group_order_minus_one))));
}

TEST(Scalar, a_sum_of_zero_is_nothing) {
    EXPECT_FALSE(add(small_scalar(1), Scalar::parse(from_hex(group_order_minus_one)).value()));
    EXPECT_TRUE(is_same(add(small_scalar(3), small_scalar(4)), small_scalar(7)));
    EXPECT_TRUE(is_same(multiply(small_scalar(3), small_scalar(4)), small_scalar(12)));
}

RC_GTEST_PROP(Scalar, times_its_inverse_is_one, ()) {
    auto const scalar = any_scalar();
    RC_ASSERT(is_same(multiply(scalar, scalar.invert()), small_scalar(1)));
}

RC_GTEST_PROP(Element, multiplication_distributes, ()) {
    auto const left = any_scalar();
    auto const right = any_scalar();
    auto const element = multiply_base(small_scalar(5));
    auto const sum = add(left, right);
    RC_PRE(sum.has_value());
    RC_ASSERT(multiply(*sum, element) == add(*multiply(left, element), *multiply(right, element)));
    RC_ASSERT(multiply(left, *multiply(right, element)) == multiply(*multiply(left, right), element));
    RC_ASSERT(Element::parse(multiply_base(left).view()) == std::optional{multiply_base(left)});
}

} // namespace bulla::crypto
