#include "crypto/oprf.hpp"

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

constexpr auto vectors_file = "oprf/oprf_ristretto255_sha512.json";

Scalar scalar(base::ByteView bytes) {
    auto parsed = Scalar::parse(bytes);
    CHECK(parsed.has_value());
    return *std::move(parsed);
}

// RFC 9380 §5.3.1 written out for one purpose: as plain as the text, over buffers.
ByteBuffer naive_expand(ByteBuffer const& message, ByteBuffer tag, std::uint16_t size) {
    tag.push_back(static_cast<std::uint8_t>(tag.size()));
    ByteBuffer const size_bytes = {static_cast<std::uint8_t>(size >> 8),
                                   static_cast<std::uint8_t>(size & 0xff)};
    auto const zero = sha512({ByteBuffer(128), message, size_bytes, ByteBuffer(1), tag});
    auto block = to_buffer(sha512({zero, ByteBuffer{1}, tag}));
    ByteBuffer output = block;
    for (std::uint8_t counter = 2; output.size() < size; ++counter) {
        for (std::size_t index = 0; index < block.size(); ++index)
            block[index] ^= zero[index];
        block = to_buffer(sha512({block, ByteBuffer{counter}, tag}));
        base::append(output, block);
    }
    output.resize(size);
    return output;
}

} // namespace

TEST(Oprf, reproduces_the_vectors_of_rfc_9497) {
    auto const suites = test::load_vectors(vectors_file);
    auto const& suite = suites.at(0);
    ASSERT_EQ(suite.at("mode").as_int64(), 0);
    auto const keys = derive_key_pair(hex_member(suite, "seed"), hex_member(suite, "keyInfo"));
    EXPECT_EQ(to_buffer(keys.private_key.expose()), hex_member(suite, "skSm"));
    ASSERT_EQ(suite.at("vectors").as_array().size(), 2u);
    for (auto const& vector : suite.at("vectors").as_array()) {
        auto const input = hex_member(vector, "Input");
        auto const blinded = blind(input, scalar(hex_member(vector, "Blind")));
        EXPECT_EQ(to_buffer(blinded.blinded_element.view()), hex_member(vector, "BlindedElement"));
        auto const evaluated = blind_evaluate(keys.private_key, blinded.blinded_element);
        EXPECT_EQ(to_buffer(evaluated.view()), hex_member(vector, "EvaluationElement"));
        auto const output = finalize(input, blinded.blind, evaluated);
        EXPECT_EQ(to_buffer(output.expose()), hex_member(vector, "Output"));
    }
}

TEST(Oprf, the_output_does_not_depend_on_the_blind) {
    SystemRandomness randomness;
    auto const key = Scalar::generate(randomness);
    auto const input = base::as_bytes("an input");
    auto const one = blind(input, Scalar::generate(randomness));
    auto const other = blind(input, Scalar::generate(randomness));
    ASSERT_NE(one.blinded_element, other.blinded_element);
    EXPECT_TRUE(same_secret(finalize(input, one.blind, blind_evaluate(key, one.blinded_element)),
                            finalize(input, other.blind, blind_evaluate(key, other.blinded_element))));
}

TEST(Oprf, blinding_multiplies_the_hashed_input) {
    SystemRandomness randomness;
    auto const input = base::as_bytes("an input");
    auto const blinded = blind(input, Scalar::generate(randomness));
    EXPECT_EQ(blinded.blinded_element, multiply(blinded.blind, hash_to_group(input)));
}

TEST(Oprf, an_empty_and_a_long_input_are_inputs) {
    SystemRandomness randomness;
    auto const key = Scalar::generate(randomness);
    for (auto const& input : {ByteBuffer{}, ByteBuffer(0xffff, 7)}) {
        auto const blinded = blind(input, Scalar::generate(randomness));
        auto const output = finalize(input, blinded.blind, blind_evaluate(key, blinded.blinded_element));
        auto const plain = *multiply(key, hash_to_group(input));
        auto const size = base::ByteBuffer{static_cast<std::uint8_t>(input.size() >> 8),
                                           static_cast<std::uint8_t>(input.size() & 0xff)};
        EXPECT_EQ(to_buffer(output.expose()), to_buffer(sha512({size, input, ByteBuffer{0, 32}, plain.view(),
                                                                base::as_bytes("Finalize")})));
    }
}

TEST(DeriveKeyPair, separates_seed_and_info) {
    auto const seed = ByteBuffer(32, 1);
    auto const keys = derive_key_pair(seed, base::as_bytes("a"));
    EXPECT_EQ(keys.public_key, multiply_base(keys.private_key));
    EXPECT_NE(keys.public_key, derive_key_pair(seed, base::as_bytes("b")).public_key);
    EXPECT_NE(keys.public_key, derive_key_pair(ByteBuffer(32, 2), base::as_bytes("a")).public_key);
}

// RFC 9380 appendix K.3 prints SHA-512 cases; these two are its first and last with 32 bytes of output.
TEST(ExpandMessageXmd, reproduces_rfc_9380_appendix_k) {
    auto const tag = base::as_bytes("QUUX-V01-CS02-with-expander-SHA512-256");
    EXPECT_EQ(to_buffer(expand_message_xmd({}, {tag}, 0x20).expose()),
              from_hex("6b9a7312411d92f921c6f68ca0b6380730a1a4d982c507211a90964c394179ba"));
    EXPECT_EQ(to_buffer(expand_message_xmd({base::as_bytes("abc")}, {tag}, 0x20).expose()),
              from_hex("0da749f12fbe5483eb066a5f595055679b976e93abe9be6f0f6318bce7aca8dc"));
}

RC_GTEST_PROP(ExpandMessageXmd, is_the_naive_one, (ByteBuffer const& message)) {
    auto const size = *rc::gen::inRange<std::uint16_t>(1, 1000);
    auto const tag = *rc::gen::container<ByteBuffer>(*rc::gen::inRange<std::size_t>(1, 256),
                                                     rc::gen::arbitrary<std::uint8_t>());
    RC_ASSERT(to_buffer(expand_message_xmd({message}, {tag}, size).expose()) ==
              naive_expand(message, tag, size));
}

} // namespace bulla::crypto
