#include "crypto/ed25519.hpp"

#include "base/big_endian.hpp"
#include "crypto/hash.hpp"
#include "crypto/random.hpp"
#include "support/vectors.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>
#include <sodium.h>

namespace bulla::crypto {
namespace {

using base::as_bytes;
using base::ByteBuffer;
using base::ByteView;
using base::to_buffer;
using test::from_hex;
using test::hex_member;

constexpr auto group_order = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
constexpr auto identity = "0100000000000000000000000000000000000000000000000000000000000000";
constexpr auto point_of_order_8 = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05";

Ed25519KeyPair example_key_pair() {
    return Ed25519KeyPair::from_seed(Ed25519Seed::from(ByteBuffer(32, 0x42)));
}

Ed25519PublicKey public_key_of(std::string_view hex) {
    return Ed25519PublicKey::from(from_hex(hex));
}

ByteBuffer reduced(ByteView wide) {
    ByteBuffer scalar(32);
    crypto_core_ed25519_scalar_reduce(scalar.data(), wide.data());
    return scalar;
}

ByteBuffer small_scalar(std::uint8_t number) {
    ByteBuffer scalar(32);
    scalar[0] = number;
    return scalar;
}

ByteBuffer base_multiple(ByteBuffer const& scalar) {
    ByteBuffer point(32);
    CHECK(crypto_scalarmult_ed25519_base_noclamp(point.data(), scalar.data()) == 0);
    return point;
}

ByteBuffer sum_of_scalars(ByteView left, ByteView right) {
    ByteBuffer sum(32);
    crypto_core_ed25519_scalar_add(sum.data(), left.data(), right.data());
    return sum;
}

ByteBuffer product_of_scalars(ByteView left, ByteView right) {
    ByteBuffer product(32);
    crypto_core_ed25519_scalar_mul(product.data(), left.data(), right.data());
    return product;
}

// S + ℓ without reduction: the other spelling of S.
ByteBuffer plus_group_order(ByteView scalar) {
    auto const order = from_hex(group_order);
    ByteBuffer sum(32);
    unsigned carry = 0;
    for (std::size_t index = 0; index < 32; ++index) {
        carry += unsigned{scalar[index]} + order[index];
        sum[index] = static_cast<std::uint8_t>(carry);
        carry >>= 8;
    }
    return sum;
}

ByteBuffer challenge_hash(ByteView r, ByteView a, ByteView message) {
    return reduced(sha512({r, a, message}));
}

// Whoever chooses the point R and the key's encoding, and knows a discrete logarithm for each.
struct Forger {
    ByteBuffer point;
    ByteBuffer r;
    ByteBuffer key;
    ByteBuffer discrete_logarithm;

    // R ‖ r + h·a
    Ed25519Signature sign(ByteView message) const {
        auto const h = challenge_hash(point, key, message);
        auto const s = sum_of_scalars(r, product_of_scalars(h, discrete_logarithm));
        return Ed25519Signature::from(base::concat(point, s));
    }
};

} // namespace

// RFC 8032 §7.1, TEST 1 to TEST 3.
TEST(Ed25519, reproduces_the_vectors_of_rfc_8032) {
    struct Case {
        std::string_view seed, public_key, message, signature;
    };
    constexpr std::array<Case, 3> cases = {{
        {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
         "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
         "d25bf5f0595bbe24655141438e7a100b"},
        {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
         "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
         "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
         "387b2eaeb4302aeeb00d291612bb0c00"},
        {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
         "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
         "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
         "4a7c15e9716ed28dc027beceea1ec40a"},
    }};
    for (auto const& [seed, public_key, message, signature] : cases) {
        auto const keys = Ed25519KeyPair::from_seed(Ed25519Seed::from(from_hex(seed)));
        EXPECT_EQ(to_buffer(keys.public_key()), from_hex(public_key));
        EXPECT_EQ(to_buffer(keys.sign(from_hex(message))), from_hex(signature));
        EXPECT_TRUE(verify(keys.public_key(), from_hex(message), keys.sign(from_hex(message))));
        EXPECT_EQ(to_buffer(keys.seed().expose()), from_hex(seed));
    }
}

TEST(Ed25519, agrees_with_wycheproof) {
    auto const document = test::load_vectors("wycheproof/ed25519_test.json");
    std::size_t count = 0;
    for (auto const& group : document.at("testGroups").as_array()) {
        auto const public_key = Ed25519PublicKey::from(hex_member(group.at("publicKey"), "pk"));
        for (auto const& test : group.at("tests").as_array()) {
            auto const signature = Ed25519Signature::parse(hex_member(test, "sig"));
            auto const is_good = signature && verify(public_key, hex_member(test, "msg"), *signature);
            EXPECT_EQ(is_good, test.at("result").as_string() == "valid") << test.at("tcId");
            ++count;
        }
    }
    EXPECT_EQ(count, 151u);
}

// The rule as the flags of the set say it: no point of small order (which covers each encoding that is not
// canonical), and what is left of R and h·A without the cofactor must cancel out.
TEST(Ed25519, agrees_with_every_edge_case_of_cctv) {
    auto const document = test::load_vectors("cctv/ed25519vectors.json");
    std::size_t accepted = 0;
    for (auto const& vector : document.as_array()) {
        bool is_good = true;
        if (auto const* const flags = vector.at("flags").if_array())
            for (auto const& flag : *flags)
                is_good =
                    is_good && flag != "low_order_A" && flag != "low_order_R" && flag != "low_order_residue";
        auto const key = Ed25519PublicKey::from(hex_member(vector, "key"));
        auto const signature = Ed25519Signature::from(hex_member(vector, "sig"));
        auto const message = as_bytes(std::string_view(vector.at("msg").as_string()));
        EXPECT_EQ(verify(key, message, signature), is_good) << vector.at("number");
        accepted += verify(key, message, signature) ? 1 : 0;
    }
    EXPECT_EQ(document.as_array().size(), 914u);
    EXPECT_EQ(accepted, 43u);
}

RC_GTEST_PROP(Ed25519, a_signature_is_good_for_its_message_and_key_alone, (ByteBuffer const& message)) {
    SystemRandomness randomness;
    auto const keys = Ed25519KeyPair::generate(randomness);
    auto const signature = keys.sign(message);
    RC_ASSERT(verify(keys.public_key(), message, signature));
    RC_ASSERT(is_registrable(keys.public_key()));
    RC_ASSERT(!verify(example_key_pair().public_key(), message, signature));
    RC_ASSERT(!verify(keys.public_key(), base::concat(message, ByteBuffer{0}), signature));
}

TEST(Ed25519, a_flipped_bit_of_the_signature_is_refused) {
    auto const keys = example_key_pair();
    auto const signature = keys.sign(as_bytes("message"));
    for (std::size_t bit = 0; bit < 8 * Ed25519Signature::size; ++bit) {
        auto changed = signature;
        changed.writable()[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
        EXPECT_FALSE(verify(keys.public_key(), as_bytes("message"), changed)) << "bit " << bit;
    }
}

TEST(Ed25519, s_plus_the_group_order_is_refused) {
    auto const keys = example_key_pair();
    auto const good = keys.sign(as_bytes("message"));
    auto const s = plus_group_order(good.view().last(32));
    auto const second_spelling = Ed25519Signature::from(base::concat(good.view().first(32), s));
    EXPECT_FALSE(verify(keys.public_key(), as_bytes("message"), second_spelling));
}

TEST(Ed25519, the_identity_as_r_is_refused) {
    auto const discrete_logarithm = small_scalar(9);
    auto const key = base_multiple(discrete_logarithm);
    auto const signature =
        Forger{from_hex(identity), ByteBuffer(32), key, discrete_logarithm}.sign(as_bytes("message"));
    EXPECT_FALSE(verify(Ed25519PublicKey::from(key), as_bytes("message"), signature));
    auto const r = small_scalar(5); // the same forger with an honest R succeeds: the test above is not idle
    auto const honest = Forger{base_multiple(r), r, key, discrete_logarithm}.sign(as_bytes("message"));
    EXPECT_TRUE(verify(Ed25519PublicKey::from(key), as_bytes("message"), honest));
}

TEST(Ed25519, the_identity_as_key_is_refused_in_each_spelling) {
    auto const r = small_scalar(5);
    constexpr std::array<std::string_view, 4> spellings = {
        identity,
        "0100000000000000000000000000000000000000000000000000000000000080",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    };
    for (auto const spelling : spellings) {
        auto const key = public_key_of(spelling);
        auto const signature =
            Forger{base_multiple(r), r, to_buffer(key), ByteBuffer(32)}.sign(as_bytes("message"));
        EXPECT_FALSE(verify(key, as_bytes("message"), signature)) << spelling;
        EXPECT_FALSE(is_registrable(key)) << spelling;
    }
}

TEST(Ed25519, a_key_of_mixed_order_may_verify_and_is_never_registrable) {
    auto const discrete_logarithm = small_scalar(9);
    ByteBuffer mixed(32);
    ASSERT_EQ(crypto_core_ed25519_add(mixed.data(), base_multiple(discrete_logarithm).data(),
                                      from_hex(point_of_order_8).data()),
              0);
    auto const key = Ed25519PublicKey::from(mixed);
    EXPECT_FALSE(is_registrable(key));
    auto const r = small_scalar(5);
    auto const point = base_multiple(r);
    int verified = 0;
    for (std::uint32_t number = 0; number < 64; ++number) {
        auto const message = base::u32be(number);
        bool const is_multiple_of_8 = challenge_hash(point, key, message)[0] % 8 == 0;
        auto const signature = Forger{point, r, mixed, discrete_logarithm}.sign(message);
        EXPECT_EQ(verify(key, message, signature), is_multiple_of_8) << number;
        verified += is_multiple_of_8 ? 1 : 0;
    }
    EXPECT_GT(verified, 0);
}

TEST(Ed25519, points_of_small_order_and_undecodable_keys_are_not_registrable) {
    constexpr std::array<std::string_view, 7> keys = {
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        point_of_order_8,
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "0200000000000000000000000000000000000000000000000000000000000000",
    };
    for (auto const key : keys)
        EXPECT_FALSE(is_registrable(public_key_of(key))) << key;
    EXPECT_TRUE(is_registrable(example_key_pair().public_key()));
}

} // namespace bulla::crypto
