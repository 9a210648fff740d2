#include "token/jwk.hpp"

#include "base/encoding.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace bulla::token {
namespace {

// RFC 8037 Appendix A.2 and A.3.
constexpr std::string_view rfc_x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
constexpr std::string_view rfc_thumbprint = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";

crypto::Ed25519PublicKey rfc_key() {
    return crypto::Ed25519PublicKey::from(base::parse_base64url(rfc_x).value());
}
crypto::Ed25519PublicKey numbered_key(std::uint8_t number) {
    return crypto::Ed25519PublicKey(std::array<std::uint8_t, 32>{number});
}

TEST(KeyId, is_the_thumbprint_of_rfc_8037) {
    EXPECT_EQ(print_key_id(make_key_id(rfc_key())), rfc_thumbprint);
}

TEST(KeyId, is_parsed_from_its_one_spelling) {
    EXPECT_EQ(parse_key_id(rfc_thumbprint), make_key_id(rfc_key()));
    EXPECT_EQ(parse_key_id(std::string(rfc_thumbprint) + "="), std::nullopt);
    EXPECT_EQ(parse_key_id(rfc_thumbprint.substr(1)), std::nullopt);
    EXPECT_EQ(parse_key_id("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4l"), std::nullopt);
}

TEST(Jwk, prints_the_public_members_alone) {
    EXPECT_EQ(print_jwk(rfc_key()),
              R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","use":"sig",)"
              R"("alg":"EdDSA","kid":"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"})");
}

TEST(JwkSet, A29_prints_alike_in_whatever_order_keys_came) {
    JwkSet forwards;
    JwkSet backwards;
    for (std::uint8_t number = 0; number < 9; ++number) {
        forwards.add(numbered_key(number));
        backwards.add(numbered_key(static_cast<std::uint8_t>(8 - number)));
    }
    EXPECT_EQ(forwards.print(), backwards.print());
    EXPECT_EQ(boost::json::parse(forwards.print()).at("keys").as_array().size(), 9);
}

TEST(JwkSet, holds_a_key_once) {
    JwkSet set;
    set.add(rfc_key());
    set.add(rfc_key());
    EXPECT_EQ(set.print(), R"({"keys":[)" + print_jwk(rfc_key()) + "]}");
}

TEST(JwkSet, of_no_keys_is_an_empty_list) { EXPECT_EQ(JwkSet{}.print(), R"({"keys":[]})"); }

TEST(JwkSet, finds_a_key_by_its_id_alone) {
    JwkSet set;
    set.add(rfc_key());
    EXPECT_EQ(set.find(make_key_id(rfc_key())), rfc_key());
    EXPECT_EQ(set.find(make_key_id(numbered_key(1))), std::nullopt);
}

TEST(Algorithm, beside_eddsa_has_a_name_and_is_not_supported) {
    EXPECT_TRUE(is_supported(Algorithm::eddsa));
    EXPECT_FALSE(is_supported(Algorithm::es256));
    EXPECT_FALSE(is_supported(Algorithm::rs256));
    EXPECT_EQ(jose_name(Algorithm::es256), "ES256");
    EXPECT_EQ(jose_name(Algorithm::rs256), "RS256");
}

} // namespace
} // namespace bulla::token
