#include "crypto/vrf.hpp"

#include "crypto/hash.hpp"
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
using test::hex_member;

VrfKeyPair key_pair_of(base::ByteView private_key) {
    return VrfKeyPair::from_seed(
        Secret<64>::from(base::concat(private_key, ByteBuffer(64 - private_key.size()))));
}

VrfKeyPair example_key_pair() {
    return key_pair_of(ByteBuffer(64, 0x5a));
}

VrfProof with(VrfProof const& proof, std::size_t offset, base::ByteView part) {
    auto changed = proof;
    std::ranges::copy(part, changed.writable().subspan(offset).begin());
    return changed;
}

// s + ℓ, the second encoding of s: the group order in little-endian bytes is added with carries.
ByteBuffer plus_group_order(base::ByteView scalar) {
    auto const order = from_hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    ByteBuffer sum(32);
    unsigned carry = 0;
    for (std::size_t index = 0; index < 32; ++index) {
        carry += unsigned{scalar[index]} + order[index];
        sum[index] = static_cast<std::uint8_t>(carry);
        carry >>= 8;
    }
    return sum;
}

} // namespace

TEST(Vrf, reproduces_every_value_of_the_published_vector) {
    auto const document = test::load_vectors("vrf/ecvrf_ristretto255_sha512.json");
    auto const& vector = document.at("vectors").at(0);
    auto const alpha = hex_member(vector, "alpha");
    auto const keys = key_pair_of(hex_member(vector, "SK"));
    EXPECT_EQ(to_buffer(keys.public_key()), hex_member(vector, "PK"));

    auto const suite = base::concat(ByteBuffer{0xff}, base::as_bytes("c2sp.org/vrf-r255"));
    auto const hash_string = sha512({suite, ByteBuffer{0x82}, keys.public_key().view(), alpha});
    EXPECT_EQ(to_buffer(hash_string), hex_member(vector, "hash_string"));
    auto const point = hash_to_vrf_point(keys.public_key(), alpha);
    EXPECT_EQ(to_buffer(point.view()), hex_member(vector, "H"));
    auto const k_string = sha512({suite, ByteBuffer{0x81}, hex_member(vector, "SK"), point.view()});
    EXPECT_EQ(to_buffer(k_string), hex_member(vector, "k_string"));
    auto const k = Scalar::reduce(k_string).value();
    EXPECT_EQ(to_buffer(k.expose()), hex_member(vector, "k"));
    EXPECT_EQ(to_buffer(multiply_base(k).view()), hex_member(vector, "U"));
    EXPECT_EQ(to_buffer(multiply(k, point).value().view()), hex_member(vector, "V"));

    auto const proof = keys.prove(alpha);
    EXPECT_EQ(to_buffer(proof.view().first(32)), hex_member(vector, "Gamma"));
    EXPECT_EQ(to_buffer(proof.view().subspan(32, 16)), hex_member(vector, "c"));
    EXPECT_EQ(to_buffer(proof.view().last(32)), hex_member(vector, "s"));
    EXPECT_EQ(to_buffer(proof), hex_member(vector, "pi"));
    EXPECT_EQ(to_buffer(keys.evaluate(alpha).output()), hex_member(vector, "beta"));
    auto const checked = check_vrf(keys.public_key(), alpha, proof);
    ASSERT_TRUE(checked.has_value());
    EXPECT_EQ(to_buffer(*checked), hex_member(vector, "beta"));
}

RC_GTEST_PROP(Vrf, a_proof_of_any_input_gives_the_output, (ByteBuffer const& alpha)) {
    auto const keys = example_key_pair();
    auto const proof = keys.prove(alpha);
    RC_ASSERT((check_vrf(keys.public_key(), alpha, proof) == std::optional{keys.evaluate(alpha).output()}));
    RC_ASSERT(!check_vrf(keys.public_key(), base::concat(alpha, ByteBuffer{0}), proof));
    RC_ASSERT(!check_vrf(key_pair_of(ByteBuffer(64, 0x5b)).public_key(), alpha, proof));
}

// K4
TEST(Vrf, a_proof_with_any_bit_flipped_is_refused) {
    auto const keys = example_key_pair();
    auto const alpha = base::as_bytes("alice");
    auto const proof = keys.prove(alpha);
    ASSERT_TRUE(check_vrf(keys.public_key(), alpha, proof));
    for (std::size_t bit = 0; bit < 8 * VrfProof::size; ++bit) {
        auto changed = proof;
        changed.writable()[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
        EXPECT_FALSE(check_vrf(keys.public_key(), alpha, changed)) << "bit " << bit;
    }
}

TEST(Vrf, the_unverified_output_is_a_function_of_gamma_alone) {
    auto const keys = example_key_pair();
    auto const alpha = base::as_bytes("alice");
    auto const proof = keys.prove(alpha);
    EXPECT_EQ(unverified_output(proof), keys.evaluate(alpha).output());
    EXPECT_EQ(unverified_output(with(proof, 32, ByteBuffer(48))), keys.evaluate(alpha).output());
    EXPECT_NE(unverified_output(keys.prove(base::as_bytes("bob"))), keys.evaluate(alpha).output());
    EXPECT_FALSE(unverified_output(with(proof, 0, ByteBuffer(32))));
    EXPECT_FALSE(unverified_output(with(proof, 0, ByteBuffer(32, 0xff))));
}

// Two spellings of one gamma would be two outputs of one name.
TEST(Vrf, a_gamma_with_the_highest_bit_set_is_refused) {
    auto const keys = example_key_pair();
    auto const alpha = base::as_bytes("alice");
    auto proof = keys.prove(alpha);
    ASSERT_TRUE(unverified_output(proof));
    proof.writable()[31] |= 0x80;
    EXPECT_FALSE(check_vrf(keys.public_key(), alpha, proof));
    EXPECT_FALSE(unverified_output(proof));
}

// K4
TEST(Vrf, a_second_spelling_of_s_is_refused) {
    auto const keys = example_key_pair();
    auto const alpha = base::as_bytes("alice");
    auto const proof = keys.prove(alpha);
    EXPECT_FALSE(
        check_vrf(keys.public_key(), alpha, with(proof, 48, plus_group_order(proof.view().last(32)))));
}

// K4
TEST(Vrf, an_identity_key_gamma_or_zero_scalar_is_refused) {
    auto const keys = example_key_pair();
    auto const alpha = base::as_bytes("alice");
    auto const proof = keys.prove(alpha);
    EXPECT_FALSE(check_vrf(VrfPublicKey{}, alpha, proof));
    EXPECT_FALSE(check_vrf(keys.public_key(), alpha, with(proof, 0, ByteBuffer(32))));
    EXPECT_FALSE(check_vrf(keys.public_key(), alpha, with(proof, 32, ByteBuffer(16))));
    EXPECT_FALSE(check_vrf(keys.public_key(), alpha, with(proof, 48, ByteBuffer(32))));
    EXPECT_FALSE(check_vrf(VrfPublicKey::from(ByteBuffer(32, 0xff)), alpha, proof));
}

} // namespace bulla::crypto
