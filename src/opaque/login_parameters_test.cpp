#include "opaque/login_parameters.hpp"

#include "base/big_endian.hpp"
#include "crypto/aead.hpp"
#include "crypto/hash.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace bulla::opaque {
namespace {

using base::as_bytes;
using base::ByteBuffer;
using base::to_buffer;

Secret<64> session_key(std::uint8_t byte = 0x5e) {
    return Secret<64>::from(ByteBuffer(64, byte));
}

ByteBuffer const ke1(96, 1);
ByteBuffer const ke2(320, 2);

// Sealed like a server of another opinion about the padding would.
ByteBuffer seal_plaintext(ByteBuffer const& plaintext) {
    auto const key = crypto::hkdf_expand<32>(session_key().expose(), {as_bytes("bulla/login-parameters/v1")});
    return crypto::seal(key, {}, crypto::sha256({ke1, ke2}), plaintext);
}

} // namespace

RC_GTEST_PROP(LoginParameters, open_to_what_was_sealed_and_have_one_size, ()) {
    auto const size = *rc::gen::inRange<std::size_t>(0, login_parameters_size_max + 1);
    auto const parameters = *rc::gen::container<ByteBuffer>(size, rc::gen::arbitrary<std::uint8_t>());
    auto const sealed = seal_login_parameters(parameters, session_key(), ke1, ke2);
    RC_ASSERT(sealed.size() == sealed_parameters_size);
    auto const opened = open_login_parameters(sealed, session_key(), ke1, ke2);
    RC_ASSERT(opened.has_value());
    RC_ASSERT(to_buffer(opened->expose()) == parameters);
}

TEST(LoginParameters, of_the_largest_size_fit_exactly) {
    ByteBuffer const parameters(login_parameters_size_max, 0xab);
    auto const sealed = seal_login_parameters(parameters, session_key(), ke1, ke2);
    EXPECT_EQ(sealed.size(), sealed_parameters_size);
    EXPECT_EQ(to_buffer(open_login_parameters(sealed, session_key(), ke1, ke2).value().expose()), parameters);
}

TEST(LoginParameters, of_an_unknown_name_open_to_nothing_at_all) {
    auto const sealed = seal_login_parameters({}, session_key(), ke1, ke2);
    EXPECT_EQ(sealed, seal_plaintext(ByteBuffer(512)));
    EXPECT_EQ(open_login_parameters(sealed, session_key(), ke1, ke2).value().size(), 0u);
}

TEST(LoginParameters, of_another_login_do_not_open) {
    auto const sealed = seal_login_parameters(as_bytes("parameters"), session_key(), ke1, ke2);
    ASSERT_TRUE(open_login_parameters(sealed, session_key(), ke1, ke2));
    EXPECT_FALSE(open_login_parameters(sealed, session_key(0x5f), ke1, ke2));
    EXPECT_FALSE(open_login_parameters(sealed, session_key(), ByteBuffer(96, 3), ke2));
    EXPECT_FALSE(open_login_parameters(sealed, session_key(), ke1, ByteBuffer(320, 3)));
}

TEST(LoginParameters, cut_or_changed_at_any_byte_do_not_open) {
    auto const sealed = seal_login_parameters(as_bytes("parameters"), session_key(), ke1, ke2);
    for (std::size_t index = 0; index < sealed.size(); ++index) {
        auto changed = sealed;
        changed[index] ^= 1;
        EXPECT_FALSE(open_login_parameters(changed, session_key(), ke1, ke2)) << index;
        EXPECT_FALSE(open_login_parameters(base::ByteView(sealed).first(index), session_key(), ke1, ke2))
            << index;
    }
    EXPECT_FALSE(open_login_parameters(base::concat(sealed, ByteBuffer{0}), session_key(), ke1, ke2));
}

TEST(LoginParameters, padded_with_anything_but_zeros_do_not_open) {
    ByteBuffer plaintext(512);
    plaintext[1] = 3; // three bytes of parameters
    ASSERT_TRUE(open_login_parameters(seal_plaintext(plaintext), session_key(), ke1, ke2));
    for (std::size_t const index : {5u, 6u, 511u}) {
        auto changed = plaintext;
        changed[index] = 1;
        EXPECT_FALSE(open_login_parameters(seal_plaintext(changed), session_key(), ke1, ke2)) << index;
    }
}

TEST(LoginParameters, that_claim_more_bytes_than_there_are_do_not_open) {
    for (auto const size : std::array<std::uint16_t, 3>{511, 512, 0xffff}) {
        ByteBuffer plaintext(512);
        std::ranges::copy(base::u16be(size), plaintext.begin());
        EXPECT_FALSE(open_login_parameters(seal_plaintext(plaintext), session_key(), ke1, ke2)) << size;
    }
}

} // namespace bulla::opaque
