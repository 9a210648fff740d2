// Texts against check_access_token(). A first byte 's' signs the rest as a payload, so that the claims are
// reached too; 'h' signs a good payload under the rest as header. What is accepted must come back the same
// when it is made again.
#include "base/encoding.hpp"
#include "token/access_token.hpp"

namespace {

using namespace bulla;

crypto::Ed25519KeyPair const& signing_key() {
    static auto const key = crypto::Ed25519KeyPair::from_seed(
        crypto::Ed25519Seed::make([](base::ByteSpan bytes) { std::ranges::fill(bytes, std::uint8_t{7}); }));
    return key;
}

std::string signed_header(std::string_view header) {
    auto const input = base::to_base64url(base::as_bytes(header)) + ".e30";
    return input + "." + base::to_base64url(signing_key().sign(base::as_bytes(input)));
}

std::string token_of(std::string_view input, token::KeyId const& key_id) {
    if (input.starts_with('s'))
        return token::make_jws(token::access_token_type, input.substr(1), key_id, signing_key());
    if (input.starts_with('h'))
        return signed_header(input.substr(1));
    return std::string(input);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    auto const key_id = token::make_key_id(signing_key().public_key());
    auto const find_key = [&](token::KeyId const& wanted) {
        return wanted == key_id ? std::optional(signing_key().public_key()) : std::nullopt;
    };
    token::Expected const expected{.issuer = "https://id.example",
                                   .audience = "https://api.example",
                                   .now = base::from_unix_milliseconds(1'800'000'000'000)};
    auto const text = token_of(base::as_text({bytes, size}), key_id);
    if (auto const accepted = token::check_access_token(text, expected, find_key)) {
        auto const again = token::make_access_token(*accepted, key_id, signing_key());
        auto const checked = token::check_access_token(again, expected, find_key);
        CHECK(checked && *checked == *accepted);
    }
    return 0;
}
