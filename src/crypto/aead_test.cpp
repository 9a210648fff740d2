#include "crypto/aead.hpp"

#include "support/vectors.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace bulla::crypto {
namespace {

using base::ByteBuffer;
using base::to_buffer;
using test::from_hex;

} // namespace

// The GCM submission (McGrew, Viega: The Galois/Counter Mode of Operation), test cases 13 to 16.
TEST(Aead, reproduces_the_test_cases_of_the_gcm_submission) {
    auto const zero_key = AeadKey::from(ByteBuffer(32));
    EXPECT_EQ(seal(zero_key, AeadNonce{}, {}, {}), from_hex("530f8afbc74536b9a963b4f1c4cb738b"));
    EXPECT_EQ(seal(zero_key, AeadNonce{}, {}, ByteBuffer(16)),
              from_hex("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"));
    auto const key =
        AeadKey::from(from_hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"));
    auto const aead_nonce = AeadNonce::from(from_hex("cafebabefacedbaddecaf888"));
    auto const plaintext = from_hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                                    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
    auto const associated = from_hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    EXPECT_EQ(seal(key, aead_nonce, associated, plaintext),
              from_hex("522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                       "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
                       "76fc6ece0f4e1768cddf8853bb2d551b"));
}

RC_GTEST_PROP(Aead, opens_what_it_sealed, (ByteBuffer const& associated, ByteBuffer const& plaintext)) {
    auto const key = AeadKey::from(*rc::gen::container<ByteBuffer>(32, rc::gen::arbitrary<std::uint8_t>()));
    auto const sealed = seal(key, AeadNonce{}, associated, plaintext);
    RC_ASSERT(sealed.size() == plaintext.size() + aead_tag_size);
    auto const opened = open(key, AeadNonce{}, associated, sealed);
    RC_ASSERT(opened.has_value());
    RC_ASSERT(to_buffer(opened->expose()) == plaintext);
}

TEST(Aead, refuses_a_flipped_or_missing_byte_anywhere) {
    auto const key = AeadKey::from(ByteBuffer(32, 1));
    auto const associated = from_hex("0102");
    auto const sealed = seal(key, AeadNonce{}, associated, from_hex("00112233445566778899"));
    ASSERT_TRUE(open(key, AeadNonce{}, associated, sealed));
    for (std::size_t index = 0; index < sealed.size(); ++index) {
        auto changed = sealed;
        changed[index] ^= 0x80;
        EXPECT_FALSE(open(key, AeadNonce{}, associated, changed)) << index;
        EXPECT_FALSE(open(key, AeadNonce{}, associated, base::ByteView(sealed).first(index))) << index;
    }
}

TEST(Aead, refuses_another_key_nonce_or_associated_bytes) {
    auto const key = AeadKey::from(ByteBuffer(32, 1));
    auto const sealed = seal(key, AeadNonce{}, from_hex("0102"), from_hex("0011"));
    EXPECT_FALSE(open(AeadKey::from(ByteBuffer(32, 2)), AeadNonce{}, from_hex("0102"), sealed));
    EXPECT_FALSE(open(key, AeadNonce::from(ByteBuffer(12, 1)), from_hex("0102"), sealed));
    EXPECT_FALSE(open(key, AeadNonce{}, from_hex("0103"), sealed));
    EXPECT_FALSE(open(key, AeadNonce{}, {}, sealed));
}

} // namespace bulla::crypto
