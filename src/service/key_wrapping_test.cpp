#include "service/key_wrapping.hpp"

#include "crypto/random.hpp"

#include <gtest/gtest.h>

namespace bulla::service {
namespace {

using base::as_bytes;

// The least work that is acceptable: these tests stretch often.
constexpr crypto::StretchingParameters least{.memory_kib = 19 * 1024, .passes = 2};
constexpr std::string_view passphrase = "a passphrase for tests";

class KeyWrapping : public testing::Test {
protected:
    crypto::AeadKey any_key() {
        return crypto::AeadKey::make([&](base::ByteSpan bytes) { randomness.fill(bytes); });
    }
    base::ByteBuffer sealed(std::string_view name) {
        return seal_key(wrapping_key, name, key.expose(), randomness);
    }

    crypto::SystemRandomness randomness;
    crypto::AeadKey wrapping_key = any_key();
    crypto::AeadKey key = any_key();
};

TEST_F(KeyWrapping, opens_with_its_passphrase_alone) {
    auto const wrapping = wrap(wrapping_key, as_bytes(passphrase), least, randomness).value();
    EXPECT_TRUE(same_secret(unwrap(wrapping, as_bytes(passphrase)).value(), wrapping_key));
    EXPECT_EQ(unwrap(wrapping, as_bytes("a passphrase for testS")).error(), UnwrapFault::refused);
}

TEST_F(KeyWrapping, of_one_passphrase_twice_has_another_salt_and_other_bytes) {
    auto const first = wrap(wrapping_key, as_bytes(passphrase), least, randomness).value();
    auto const second = wrap(wrapping_key, as_bytes(passphrase), least, randomness).value();
    EXPECT_NE(first.salt, second.salt);
    EXPECT_NE(first.aead_nonce, second.aead_nonce);
    EXPECT_NE(first.wrapped_key, second.wrapped_key);
}

TEST_F(KeyWrapping, survives_its_file) {
    auto const file = encode(wrap(wrapping_key, as_bytes(passphrase), least, randomness).value());
    auto const parsed = parse_wrapping(file);
    ASSERT_TRUE(parsed.has_value());
    EXPECT_EQ(encode(*parsed), file);
    EXPECT_TRUE(same_secret(unwrap(*parsed, as_bytes(passphrase)).value(), wrapping_key));
}

TEST_F(KeyWrapping, of_which_any_byte_was_changed_does_not_open) {
    auto const file = encode(wrap(wrapping_key, as_bytes(passphrase), least, randomness).value());
    for (std::size_t at = 0; at < file.size(); ++at) {
        auto changed = file;
        changed[at] ^= 1;
        auto const parsed = parse_wrapping(changed);
        EXPECT_TRUE(!parsed || !unwrap(*parsed, as_bytes(passphrase))) << at;
    }
}

TEST_F(KeyWrapping, that_was_cut_or_grew_is_none) {
    auto file = encode(wrap(wrapping_key, as_bytes(passphrase), least, randomness).value());
    for (std::size_t size = 0; size < file.size(); ++size)
        EXPECT_FALSE(parse_wrapping(base::ByteView(file).first(size))) << size;
    file.push_back(0);
    EXPECT_FALSE(parse_wrapping(file));
}

TEST_F(KeyWrapping, with_parameters_that_nobody_would_choose_is_none) {
    auto wrapping = wrap(wrapping_key, as_bytes(passphrase), least, randomness).value();
    wrapping.stretching.passes = 1;
    EXPECT_FALSE(parse_wrapping(encode(wrapping)));
    wrapping.stretching = {.memory_kib = 0xffff'ffff, .passes = 3};
    EXPECT_FALSE(parse_wrapping(encode(wrapping)));
}

TEST_F(KeyWrapping, of_a_key_file_opens_under_its_name_and_key_alone) {
    auto const file = sealed("log");
    auto const opened = open_key(wrapping_key, "log", file);
    ASSERT_TRUE(opened.has_value());
    EXPECT_TRUE(base::same_secret(opened->expose(), key.expose()));
    EXPECT_FALSE(open_key(wrapping_key, "node", file));
    EXPECT_FALSE(open_key(wrapping_key, "", file));
    EXPECT_FALSE(open_key(any_key(), "log", file));
}

TEST_F(KeyWrapping, of_a_key_file_of_which_any_byte_was_changed_or_cut_does_not_open) {
    auto const file = sealed("log");
    EXPECT_EQ(file.size(), sealed_size(32));
    for (std::size_t at = 0; at < file.size(); ++at) {
        auto changed = file;
        changed[at] ^= 1;
        EXPECT_FALSE(open_key(wrapping_key, "log", changed)) << at;
        EXPECT_FALSE(open_key(wrapping_key, "log", base::ByteView(file).first(at))) << at;
    }
}

} // namespace
} // namespace bulla::service
