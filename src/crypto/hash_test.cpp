#include "crypto/hash.hpp"

#include "support/vectors.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace bulla::crypto {
namespace {

using base::as_bytes;
using base::ByteBuffer;
using base::to_buffer;
using test::from_hex;
using test::hex_member;

constexpr std::size_t hkdf_size_max = 255 * 64;

template <class Visit>
std::size_t for_each_case(std::string_view file, Visit&& visit) {
    auto const document = test::load_vectors(file);
    std::size_t count = 0;
    for (auto const& group : document.at("testGroups").as_array())
        for (auto const& test : group.at("tests").as_array()) {
            SCOPED_TRACE(test.at("tcId").as_int64());
            visit(group, test);
            ++count;
        }
    return count;
}

} // namespace

// FIPS 180-4's examples, as NIST publishes them.
TEST(Sha256, reproduces_known_digests) {
    EXPECT_EQ(to_buffer(sha256({})),
              from_hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    EXPECT_EQ(to_buffer(sha256(as_bytes("abc"))),
              from_hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    EXPECT_EQ(to_buffer(sha256(as_bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))),
              from_hex("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"));
    EXPECT_EQ(to_buffer(sha256(ByteBuffer(1'000'000, 'a'))),
              from_hex("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"));
}

TEST(Sha512, reproduces_known_digests) {
    EXPECT_EQ(to_buffer(sha512({})),
              from_hex("cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
                       "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"));
    auto const abc = from_hex("ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                              "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
    EXPECT_EQ(to_buffer(sha512({as_bytes("abc")})), abc);
    EXPECT_EQ(to_buffer(sha512_secret({as_bytes("abc")}).expose()), abc);
}

RC_GTEST_PROP(Sha256, parts_are_hashed_one_after_the_other,
              (ByteBuffer const& left, ByteBuffer const& right)) {
    RC_ASSERT(sha256({left, right}) == sha256(base::concat(left, right)));
}

RC_GTEST_PROP(Sha512, parts_are_hashed_one_after_the_other,
              (ByteBuffer const& left, ByteBuffer const& right)) {
    auto const whole = sha512({base::concat(left, right)});
    RC_ASSERT(sha512({left, right}) == whole);
    RC_ASSERT(to_buffer(sha512_secret({left, right}).expose()) == to_buffer(whole));
}

TEST(HmacSha512, agrees_with_wycheproof) {
    auto const check = [](auto const& group, auto const& test) {
        auto const tag_size = static_cast<std::size_t>(group.at("tagSize").as_int64()) / 8;
        auto const mac = hmac_sha512(hex_member(test, "key"), {hex_member(test, "msg")});
        auto const is_equal = base::same_secret(mac.expose().first(tag_size), hex_member(test, "tag"));
        EXPECT_EQ(is_equal, test.at("result").as_string() == "valid");
    };
    EXPECT_EQ(for_each_case("wycheproof/hmac_sha512_test.json", check), 174u);
}

TEST(HmacSha512, splits_its_message_anywhere) {
    auto const message = as_bytes("a message of some length");
    auto const whole = hmac_sha512(as_bytes("key"), {message});
    for (std::size_t cut = 0; cut <= message.size(); ++cut)
        EXPECT_TRUE(
            same_secret(whole, hmac_sha512(as_bytes("key"), {message.first(cut), message.subspan(cut)})));
}

TEST(HkdfSha512, agrees_with_wycheproof) {
    std::size_t oversized = 0;
    auto const check = [&](auto const&, auto const& test) {
        auto const size = static_cast<std::size_t>(test.at("size").as_int64());
        ASSERT_EQ(size <= hkdf_size_max, test.at("result").as_string() == "valid");
        if (size > hkdf_size_max) { // the caller's own fault, see the next test
            ++oversized;
            return;
        }
        auto const key = hkdf_extract(hex_member(test, "salt"), {hex_member(test, "ikm")});
        EXPECT_EQ(to_buffer(hkdf_expand(key.expose(), {hex_member(test, "info")}, size).expose()),
                  hex_member(test, "okm"));
    };
    EXPECT_EQ(for_each_case("wycheproof/hkdf_sha512_test.json", check), 83u);
    EXPECT_EQ(oversized, 3u);
}

TEST(HkdfSha512DeathTest, more_than_255_blocks_end_the_process) {
    EXPECT_EQ(hkdf_expand(as_bytes("key"), {}, hkdf_size_max).size(), hkdf_size_max);
    EXPECT_DEATH((void)hkdf_expand(as_bytes("key"), {}, hkdf_size_max + 1), "internal check failed");
}

TEST(HkdfSha512, an_empty_salt_is_64_zero_bytes) {
    EXPECT_TRUE(same_secret(hkdf_extract({}, {as_bytes("input")}),
                            hkdf_extract(ByteBuffer(64), {as_bytes("input")})));
}

TEST(HkdfSha512, the_fixed_form_is_the_variable_one) {
    EXPECT_EQ(to_buffer(hkdf_expand<40>(as_bytes("key"), {as_bytes("info")}).expose()),
              to_buffer(hkdf_expand(as_bytes("key"), {as_bytes("info")}, 40).expose()));
}

} // namespace bulla::crypto
