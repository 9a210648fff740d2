#include "crypto/channel.hpp"

#include "crypto/random.hpp"
#include "support/vectors.hpp"

#include <gtest/gtest.h>

namespace bulla::crypto {
namespace {

ChannelKeyPair key_of(std::uint8_t byte) {
    return ChannelKeyPair::from_seed(Secret<32>::from(base::ByteBuffer(32, byte)));
}

struct Channel : testing::Test {
    SystemRandomness randomness;
    ChannelKeyPair alice = key_of(1), bob = key_of(2), carol = key_of(3);
    base::ByteBuffer const message = base::to_buffer(base::as_bytes("a record"));
    base::ByteBuffer sealed = alice.seal(bob.public_key(), message, randomness).value();
};

// RFC 7748 §5.2: the first of the iterated ones, whose u is the base point.
TEST_F(Channel, has_the_public_key_of_x25519) {
    base::ByteBuffer nine(32, 0);
    nine[0] = 9;
    EXPECT_EQ(base::to_buffer(ChannelKeyPair::from_seed(Secret<32>::from(nine)).public_key()),
              test::from_hex("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079"));
}

TEST_F(Channel, opens_what_the_other_side_sealed) {
    auto const opened = bob.open(alice.public_key(), sealed);
    ASSERT_TRUE(opened.has_value());
    EXPECT_TRUE(std::ranges::equal(opened->expose(), message));
    EXPECT_NE(alice.seal(bob.public_key(), message, randomness), sealed); // a nonce of its own
}

TEST_F(Channel, opens_nothing_for_a_third_or_from_a_third) {
    EXPECT_FALSE(carol.open(alice.public_key(), sealed).has_value());
    EXPECT_FALSE(bob.open(carol.public_key(), sealed).has_value());
}

TEST_F(Channel, opens_nothing_that_was_changed_or_cut) {
    for (std::size_t place = 0; place < sealed.size(); ++place) {
        auto changed = sealed;
        changed[place] ^= 1;
        EXPECT_FALSE(bob.open(alice.public_key(), changed).has_value()) << place;
    }
    EXPECT_FALSE(bob.open(alice.public_key(), base::ByteView(sealed).first(sealed.size() - 1)).has_value());
    EXPECT_FALSE(bob.open(alice.public_key(), {}).has_value());
}

// All zeros, a point of small order: the shared secret would be no secret.
TEST_F(Channel, seals_nothing_to_a_key_of_small_order) {
    EXPECT_FALSE(alice.seal(ChannelPublicKey{}, message, randomness).has_value());
}

} // namespace
} // namespace bulla::crypto
