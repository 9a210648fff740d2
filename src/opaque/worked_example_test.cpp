// One account from password to signed login, every value listed: what a second implementation is compared
// with. The client @serenity-kit/opaque logs in against this record and returns this export_key.
#include "base/encoding.hpp"
#include "crypto/argon2id.hpp"
#include "opaque/account_key.hpp"
#include "opaque/client.hpp"
#include "opaque/login_parameters.hpp"
#include "opaque/password_key.hpp"
#include "opaque/server.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace bulla::opaque {
namespace {

using base::as_bytes;
using base::ByteBuffer;
using base::to_hex;

constexpr std::string_view password = "correct horse battery staple";

// 32 bytes that count upwards.
ByteBuffer counting_from(std::uint8_t first) {
    ByteBuffer bytes(32);
    std::iota(bytes.begin(), bytes.end(), first);
    return bytes;
}
ByteBuffer network() {
    return counting_from(0x00);
}
ByteBuffer label() {
    return counting_from(0x20);
}

Secret<32> repeated(std::uint8_t byte) {
    return Secret<32>::from(ByteBuffer(32, byte));
}

class RepeatedByte final : public base::Randomness {
public:
    explicit RepeatedByte(std::uint8_t byte) : byte_(byte) {}
    void fill(base::ByteSpan out) override { std::ranges::fill(out, byte_); }

private:
    std::uint8_t byte_;
};

crypto::Scalar scalar(std::string_view hex) {
    return crypto::Scalar::parse(base::parse_hex(hex).value()).value();
}

std::optional<Secret<64>> argon2id_stretching(base::ByteView bytes) {
    return crypto::argon2id(bytes, {});
}

crypto::Scalar oprf_key() {
    return account_oprf_key(repeated(0x11), network(), 1, label());
}

RegistrationStart registration_start() {
    return start_registration(as_bytes(password),
                              scalar("76cfbfe758db884bebb33582331ba9f159720ca8784a2a070a265d9c2d6abe01"));
}

RegistrationFinish const& registered() {
    static auto const finish = [] {
        auto const start = registration_start();
        RepeatedByte randomness(0x33);
        auto const response = create_registration_response(start.request, oprf_key(),
                                                           make_server_keys(repeated(0x22)).public_key);
        return finish_registration(start, as_bytes(password), response,
                                   {.stretch = argon2id_stretching, .randomness = randomness})
            .value();
    }();
    return finish;
}

LoginStart login_start() {
    return start_login(as_bytes(password),
                       {.blind = scalar("6ecc102d2e7a7cf49617aad7bbe188556792d4acd60a1a8a8d2b65d4b0790308"),
                        .client_nonce = repeated(0x44),
                        .keyshare_seed = repeated(0x55)});
}

LoginStarted server_answer() {
    ServerDraws const draws{
        .masking_nonce = repeated(0x66), .server_nonce = repeated(0x77), .keyshare_seed = repeated(0x88)};
    return start_login(login_start().ke1, {.record = registered().record, .oprf_key = oprf_key()},
                       make_server_keys(repeated(0x22)), draws);
}

} // namespace

TEST(WorkedExample, server_keys_come_from_their_seed) {
    auto const keys = make_server_keys(repeated(0x22));
    EXPECT_EQ(to_hex(keys.private_key.expose()),
              "b2550442f0ad73fea06a91cb26a8db81eeb19dfc3b0ec2c9db2e8a4ab5b8220d");
    EXPECT_EQ(to_hex(keys.public_key.view()),
              "141a5e476dc4f12bc86b972ffb72cd4a49e32b5863e0e58361f64e275ae51b48");
}

TEST(WorkedExample, registration_blinds_and_evaluates) {
    auto const start = registration_start();
    EXPECT_EQ(to_hex(start.request.view()),
              "b0d6fdba2c5b399d52e75063804783d70c1c487b4fb6204ac71b00713f60736a");
    auto const evaluated = crypto::blind_evaluate(oprf_key(), start.request.blinded_message());
    EXPECT_EQ(to_hex(evaluated.view()), "449358f9e629cb76f3d88e867ddfa722404ac71e5b0ea3a44572516a8cb4735e");
    auto const output = crypto::finalize(as_bytes(password), start.blind, evaluated);
    EXPECT_EQ(to_hex(output.expose()), "a351140a3076715a9f30d0688c4565e2b2dd98317d9f62cfb97b8d9085074366"
                                       "4e599bdd9f655b57492d318fc40d8e2be4762edbbcb5ac3cc68f50f28f4cc899");
    auto const stretched = crypto::argon2id(output.expose(), {}).value();
    EXPECT_EQ(to_hex(stretched.expose()), "71443e8bff7c485f608a695ba2c1085e7e16f8ff727d0d5cc9f6b7a9d3b07b20"
                                          "86a3d31a1b1fbad90d3e0f501aaa8daa3222971bfb8e39e72e464ffa2f90515c");
    auto const randomized = crypto::hkdf_extract({}, {output.expose(), stretched.expose()});
    EXPECT_EQ(to_hex(randomized.expose()),
              "b58ef9af0fed4f1257f3b8a5222f3337526d6e4868e2fc230e38f2e4e62edd62"
              "9555925003cb2c0e1874f7df23440dbef5045215d58a36d49f5177b0ddf86720");
}

TEST(WorkedExample, registration_makes_the_record_and_the_export_key) {
    auto const& record = registered().record;
    EXPECT_EQ(to_hex(record.client_public_key().view()),
              "c2ec832b9c73d91389a71cca45449c20e123ef45f6707e61cafaee05dbb6071c");
    EXPECT_EQ(to_hex(record.masking_key()),
              "3f18db226f9a0e520b275060d07ee7d35bcb07f7bcb50ffb658be1bbb6fb0070"
              "02b6e3f0acf5a61954bc0e3691adb039cb8e23f1edfc260f962c86e88176e356");
    EXPECT_EQ(to_hex(record.envelope()),
              to_hex(ByteBuffer(32, 0x33)) +
                  "58d43606d0b986c1919bd5c6ee8f9f9be0b461df8923721dec5b5f66673020ac"
                  "5d0433fc6bae2a756fe031885c9f185ebf5468dd9c64ceea0ee9826a21ab1003");
    EXPECT_EQ(to_hex(crypto::sha256(record.view())),
              "c2c057fc916b7faabc2ace59716cf503988cb777081a9d357ba255174867dba6");
    EXPECT_EQ(to_hex(registered().export_key.expose()),
              "6cbd473386a7f9e45d463c37dad6059e431b978916a0900e8792159bac00177e"
              "0671dcb4b7763ae7f0e9a5b1e0c7ad3cc5657972d216c8258b3066a52079a828");
}

TEST(WorkedExample, the_password_key_signs_a_login) {
    auto const key = derive_password_key(registered().export_key, network(), label(), 1);
    EXPECT_EQ(to_hex(key.seed().expose()),
              "328f1c3d7ba04331bc9a9b13a96a595da524cfcd94457d8d94086d214ca4512b");
    EXPECT_EQ(to_hex(key.public_key()), "94a43e75d66e5b611a99f56170ebbc7b8199ca3e90c3072fd0e14d4cf3e0b2e9");
    auto const digest = crypto::sha256({as_bytes("bulla/login/v1"), ByteBuffer{0xa0}});
    EXPECT_EQ(to_hex(digest), "7dd57aaa6d3b6b3e2ff5b97ef62271d1e82bc843410ccb0564e35a2c27e8b32e");
    EXPECT_EQ(to_hex(key.sign(digest)), "af6cc51d6377f1710a6e91f349bade176936537c21043dbe312fde53d672533c"
                                        "8c77778eec10e377594b09f2930423d099d3931df3ede3c39b09432060541104");
}

TEST(WorkedExample, login_exchanges_the_listed_messages) {
    auto const ke1 = login_start().ke1;
    EXPECT_EQ(to_hex(ke1.blinded_message().view()),
              "281d6f0bd1fca73beca075aa6d87724a65c191e7b657d25c1b4cc392898ee526");
    EXPECT_EQ(to_hex(ke1.client_public_keyshare().view()),
              "545c6cc9c76e44dccb51037c1bf01a6391e0153921bcd8a4f9ba62174dbf6438");
    auto const server = server_answer();
    EXPECT_EQ(to_hex(server.ke2.evaluated_message().view()),
              "5c3c324fe6007e9efa87ed58d79e33e2344c4f3fc46e9416cc6a3c4495dae34d");
    EXPECT_EQ(to_hex(server.ke2.server_public_keyshare().view()),
              "c2925131cd707a8c66d63e22395f66a0a68e419309791df8f5bf39b226760217");
    EXPECT_EQ(to_hex(server.ke2.server_mac()),
              "1421ef7c97ac6d561e76634ca684dd30a742eaac668254c20260eeb5d8bb0cbf"
              "d23596a883858bd3c275e6d2f79368d65016e37e059fcd7b42e3331ffb224f73");
    EXPECT_EQ(to_hex(crypto::sha256(server.ke2.view())),
              "ef2832ed24cc026c22a5a3254c448c3a3ca95095bd447d842c7ab782365d84dd");
    EXPECT_EQ(to_hex(server.expected_client_mac.expose()),
              "2a47816185a93a933154e2dafa3997dc5b77a535f44ba00f49080fcb143e61c8"
              "4e57c0bcf8a1de4aa5a6af799489d75cc5998c7083b6f50d2401b51eae926c0d");
    EXPECT_EQ(to_hex(server.session_key.expose()),
              "8513703ea947111d25d6d729944fcfb4f07cea504fa21ef8c7d025d65087a308"
              "3d6c32e92874d0d6cec134643592a03adedc9aab322736e639c9a3ca922e165b");
}

TEST(WorkedExample, the_client_finishes_the_login) {
    auto const server = server_answer();
    auto const finish =
        finish_login(login_start(), as_bytes(password), server.ke2, {.stretch = argon2id_stretching});
    ASSERT_TRUE(finish.has_value());
    EXPECT_TRUE(finish_login(finish->ke3, server.expected_client_mac));
    EXPECT_TRUE(same_secret(finish->session_key, server.session_key));
    EXPECT_TRUE(same_secret(finish->export_key, registered().export_key));
    EXPECT_EQ(finish->server_public_key, make_server_keys(repeated(0x22)).public_key);
}

TEST(WorkedExample, no_parameters_are_sealed_as_512_zero_bytes) {
    auto const server = server_answer();
    auto const sealing_key =
        crypto::hkdf_expand<32>(server.session_key.expose(), {as_bytes("bulla/login-parameters/v1")});
    EXPECT_EQ(to_hex(sealing_key.expose()),
              "6e8a90878e0721ff82ad31dadbf4e569d4d1dc0ca46db037c559e82f3a197560");
    auto const ke1 = login_start().ke1;
    auto const sealed = seal_login_parameters({}, server.session_key, ke1.view(), server.ke2.view());
    EXPECT_EQ(sealed.size(), sealed_parameters_size);
    EXPECT_EQ(to_hex(base::ByteView(sealed).first(16)), "831941bfa0760e73b15f2f157407db52");
    EXPECT_EQ(to_hex(base::ByteView(sealed).last(16)), "b48200178219340d2fa2fa610c6d306a");
}

} // namespace bulla::opaque
