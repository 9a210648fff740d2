#include "crypto/p256.hpp"

#include "support/vectors.hpp"

#include <gtest/gtest.h>
#include <openssl/err.h>

namespace bulla::crypto {
namespace {

using base::ByteBuffer;
using base::ByteView;
using test::from_hex;
using test::hex_member;

constexpr auto group_order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
constexpr auto field_prime = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";

// RFC 6979 appendix A.2.5: the key, and the signature of "sample" with SHA-256.
P256PublicKey example_key() {
    return P256PublicKey::from(from_hex("60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
                                        "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"));
}
P256Signature example_signature() {
    return P256Signature::from(from_hex("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
                                        "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"));
}

// left − right, big-endian, left being the greater.
ByteBuffer minus(ByteView left, ByteView right) {
    ByteBuffer difference(32);
    int borrow = 0;
    for (std::size_t place = 32; place-- > 0;) {
        auto const digit = int{left[place]} - int{right[place]} - borrow;
        borrow = digit < 0 ? 1 : 0;
        difference[place] = static_cast<std::uint8_t>(digit + 256 * borrow);
    }
    return difference;
}

} // namespace

TEST(P256, reproduces_rfc_6979) {
    EXPECT_TRUE(verify(example_key(), base::as_bytes("sample"), example_signature()));
    EXPECT_FALSE(verify(example_key(), base::as_bytes("Sample"), example_signature()));
    EXPECT_TRUE(is_registrable(example_key()));
}

TEST(P256, agrees_with_wycheproof) {
    auto const document = test::load_vectors("wycheproof/ecdsa_secp256r1_sha256_p1363_test.json");
    std::size_t count = 0;
    for (auto const& group : document.at("testGroups").as_array()) {
        auto const encoded = hex_member(group.at("publicKey"), "uncompressed");
        auto const key = P256PublicKey::from(ByteView(encoded).subspan(1));
        for (auto const& test : group.at("tests").as_array()) {
            auto const signature = P256Signature::parse(hex_member(test, "sig"));
            auto const is_good = signature && verify(key, hex_member(test, "msg"), *signature);
            EXPECT_EQ(is_good, test.at("result").as_string() == "valid") << test.at("tcId");
            ++count;
        }
    }
    EXPECT_EQ(count, 262u);
}

TEST(P256, a_high_and_a_low_s_are_both_good) {
    auto const signature = example_signature();
    auto const other_s = minus(from_hex(group_order), signature.view().last(32));
    auto const other = P256Signature::from(base::concat(signature.view().first(32), other_s));
    ASSERT_NE(other, example_signature());
    EXPECT_TRUE(verify(example_key(), base::as_bytes("sample"), other));
}

TEST(P256, a_flipped_bit_of_the_signature_is_refused) {
    for (std::size_t bit = 0; bit < 8 * P256Signature::size; bit += 3) {
        auto changed = example_signature();
        changed.writable()[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
        EXPECT_FALSE(verify(example_key(), base::as_bytes("sample"), changed)) << bit;
    }
}

TEST(P256, r_and_s_outside_the_group_order_are_refused) {
    auto const signature = example_signature();
    auto const r = signature.view().first(32);
    auto const s = signature.view().last(32);
    for (auto const& bad : {ByteBuffer(32), from_hex(group_order), ByteBuffer(32, 0xff)}) {
        EXPECT_FALSE(
            verify(example_key(), base::as_bytes("sample"), P256Signature::from(base::concat(bad, s))));
        EXPECT_FALSE(
            verify(example_key(), base::as_bytes("sample"), P256Signature::from(base::concat(r, bad))));
    }
}

TEST(P256, a_refusal_leaves_no_error_behind) {
    EXPECT_FALSE(is_registrable(P256PublicKey{}));
    EXPECT_FALSE(verify(example_key(), base::as_bytes("sample"), P256Signature{}));
    EXPECT_FALSE(verify(P256PublicKey{}, base::as_bytes("sample"), example_signature()));
    EXPECT_EQ(ERR_peek_error(), 0u);
}

TEST(P256, points_off_the_curve_and_coordinates_beyond_the_prime_are_no_keys) {
    EXPECT_FALSE(is_registrable(P256PublicKey{}));
    EXPECT_FALSE(is_registrable(P256PublicKey::from(ByteBuffer(64, 0xff))));
    auto off_curve = example_key();
    off_curve.writable()[63] ^= 1;
    EXPECT_FALSE(is_registrable(off_curve));
    EXPECT_FALSE(verify(off_curve, base::as_bytes("sample"), example_signature()));

    // The point with x = 0, and the same point with x spelled as the prime.
    auto const y = from_hex("66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4");
    EXPECT_TRUE(is_registrable(P256PublicKey::from(base::concat(ByteBuffer(32), y))));
    EXPECT_FALSE(is_registrable(P256PublicKey::from(base::concat(from_hex(field_prime), y))));
}

} // namespace bulla::crypto
