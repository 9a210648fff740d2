// LINK: cli
// Short texts that are read into values: what is accepted is printed again as it was, or as what reads as the
// same value. The first byte chooses the reader.
#include "base/encoding.hpp"
#include "cli/addresses.hpp"
#include "cli/configuration_value.hpp"
#include "http/client_address.hpp"
#include "http/method.hpp"
#include "merkle/note.hpp"
#include "net/http_client.hpp"
#include "token/jwk.hpp"

#include <fmt/format.h>

using namespace bulla;

namespace {

void check_hex(std::string_view text) {
    if (auto const bytes = base::parse_hex(text))
        CHECK(base::to_hex(*bytes) == text);
}
void check_base64(std::string_view text) {
    if (auto const bytes = base::parse_base64(text))
        CHECK(base::to_base64(*bytes) == text);
}
void check_base64url(std::string_view text) {
    if (auto const bytes = base::parse_base64url(text))
        CHECK(base::to_base64url(*bytes) == text);
}
void check_decimal(std::string_view text) {
    if (auto const number = base::parse_decimal(text))
        CHECK(fmt::format("{}", *number) == text);
}
void check_key_id(std::string_view text) {
    if (auto const key_id = token::parse_key_id(text))
        CHECK(token::print_key_id(*key_id) == text);
}
void check_verifier_key(std::string_view text) {
    if (auto const key = merkle::VerifierKey::parse(text))
        CHECK(key->print() == text);
}
void check_method(std::string_view text) {
    if (auto const method = http::parse_method(text))
        CHECK(http::method_text(*method) == text);
}
void check_listen_address(std::string_view text) {
    if (auto const address = cli::parse_listen_address(text))
        CHECK(cli::parse_listen_address(cli::print_listen_address(*address)) == address);
}
void check_duration(std::string_view text) {
    if (auto const duration = cli::parse_duration(text))
        CHECK(cli::parse_duration(cli::print_duration(*duration)) == duration);
}
void check_url(std::string_view text) {
    if (auto const url = net::parse_http_url(text))
        CHECK(!url->peer.host.empty() && !url->prefix.ends_with('/'));
    (void)cli::is_issuer(text);
}

// The address a proxy that is trusted tells of, in whatever words.
void check_forwarded(std::string_view text) {
    static auto const proxies = *http::TrustedProxies::parse({"127.0.0.1", "::1"});
    http::RequestParts parts{.head = SecretBytes(0)};
    parts.fields.push_back({.name = "X-Forwarded-For", .value = text});
    auto const peer = http::make_client_address(boost::asio::ip::address_v4::loopback());
    auto const client = http::find_client(peer, http::Request(std::move(parts)), proxies);
    CHECK(client.prefix.size() == (client.address.is_v4() ? 3u : 7u));
}

constexpr std::array checks{check_hex,          check_base64, check_base64url, check_decimal,
                            check_key_id,       check_method, check_duration,  check_listen_address,
                            check_verifier_key, check_url,    check_forwarded};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    if (size > 0)
        checks[bytes[0] % checks.size()](base::as_text({bytes + 1, size - 1}));
    return 0;
}
