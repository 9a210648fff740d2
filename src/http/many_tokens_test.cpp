// Catalogue A30: many tokens of one node. `make test-long` makes a million (BULLA_TOKENS).
#include "base/encoding.hpp"
#include "base/handle.hpp"
#include "service/test_node.hpp"
#include "support/temporary_directory.hpp"

#include <openssl/evp.h>

#include <cstdlib>
#include <set>

namespace bulla::http {
namespace {

using Key = base::Handle<EVP_PKEY, EVP_PKEY_free>;
using Digest = base::Handle<EVP_MD_CTX, EVP_MD_CTX_free>;

std::size_t count_of_tokens() {
    auto const* const wanted = std::getenv("BULLA_TOKENS");
    return wanted ? std::strtoul(wanted, nullptr, 10) : 200;
}

Key key_of(std::string_view key_set) {
    constexpr std::string_view member = R"("x":")";
    auto const text = key_set.substr(key_set.find(member) + member.size(), 43);
    auto const bytes = base::parse_base64url(text).value();
    return Key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes.data(), bytes.size()));
}

// By another library than the one that signed.
bool is_signed_by(EVP_PKEY* key, std::string_view token) {
    auto const place = token.rfind('.');
    auto const signature = base::parse_base64url(token.substr(place + 1)).value();
    auto const input = base::as_bytes(token.substr(0, place));
    Digest const digest(EVP_MD_CTX_new());
    return EVP_DigestVerifyInit(digest.get(), nullptr, nullptr, nullptr, key) == 1 &&
           EVP_DigestVerify(digest.get(), signature.data(), signature.size(), input.data(), input.size()) ==
               1;
}

std::string token_id_of(std::string_view token) {
    auto const begin = token.find('.') + 1;
    auto const payload = base::parse_base64url(token.substr(begin, token.rfind('.') - begin)).value();
    constexpr std::string_view member = R"("jti":")";
    auto const text = base::as_text(payload);
    return std::string(text.substr(text.find(member) + member.size(), 22));
}

TEST(ManyTokens, A30_have_ids_and_signatures_of_their_own_and_another_library_verifies_each) {
    bulla::test::TemporaryDirectory const directory;
    service::SetClock clock;
    service::Settings settings;
    settings.data = directory.path() / "data";
    service::TestNode node(settings, clock);
    node.sign_up();
    auto const principal = node.tokens().check_bearer(node.token()).value();
    service::Tokens::Begin const begin{
        .label = principal.label,
        .account = node.application().ground().ledger.load_account(principal.label).value().value(),
        .account_id = principal.account,
        .credential = principal.credential,
        .username = "alice",
        .client = "plain-form"};
    auto const key = key_of(node.tokens().key_set());
    std::set<std::string> ids;
    std::set<std::string> signatures;
    auto const count = count_of_tokens();
    for (std::size_t number = 0; number < count; ++number) {
        auto const token = node.tokens().begin_session(begin).value().access_token;
        ASSERT_TRUE(is_signed_by(key.get(), token)) << token;
        ids.insert(token_id_of(token));
        signatures.insert(token.substr(token.rfind('.') + 1, 42)); // R
    }
    EXPECT_EQ(ids.size(), count);
    EXPECT_EQ(signatures.size(), count);
}

} // namespace
} // namespace bulla::http
