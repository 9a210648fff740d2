#include "cli/addresses.hpp"

#include "base/encoding.hpp"

#include <boost/url/parse.hpp>
#include <fmt/format.h>

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace bulla::cli {
namespace {

enum class Family : int { ipv4 = AF_INET, ipv6 = AF_INET6 };

using AddressBytes = std::array<std::uint8_t, 16>;

std::optional<AddressBytes> parse_address(Family family, std::string_view text) {
    AddressBytes bytes{};
    if (text.contains('\0') ||
        inet_pton(static_cast<int>(family), std::string(text).c_str(), bytes.data()) != 1)
        return std::nullopt;
    return bytes;
}

bool is_lower_case(std::string_view text) {
    return std::ranges::none_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

} // namespace

std::optional<ListenAddress> parse_listen_address(std::string_view text) {
    auto const colon = text.rfind(':');
    if (colon == std::string_view::npos)
        return std::nullopt;
    auto host = text.substr(0, colon);
    auto const port = base::parse_decimal(text.substr(colon + 1));
    if (!port || *port > 0xffff)
        return std::nullopt;
    if (host == "localhost")
        host = "127.0.0.1";
    else if (host.starts_with('[') && host.ends_with(']') &&
             parse_address(Family::ipv6, host.substr(1, host.size() - 2)))
        host = host.substr(1, host.size() - 2);
    else if (!parse_address(Family::ipv4, host))
        return std::nullopt;
    return ListenAddress{.host = std::string(host), .port = static_cast<std::uint16_t>(*port)};
}

std::string print_listen_address(ListenAddress const& address) {
    auto const host = address.host.contains(':') ? fmt::format("[{}]", address.host) : address.host;
    return fmt::format("{}:{}", host, address.port);
}

bool is_ip_address(std::string_view text) {
    return parse_address(Family::ipv4, text) || parse_address(Family::ipv6, text);
}

bool is_loopback(std::string_view host) {
    if (auto const ipv4 = parse_address(Family::ipv4, host))
        return (*ipv4)[0] == 127;
    return parse_address(Family::ipv6, host) == parse_address(Family::ipv6, "::1");
}

bool is_issuer(std::string_view url) {
    auto const parsed = boost::urls::parse_uri(url);
    if (!parsed || (parsed->scheme() != "http" && parsed->scheme() != "https"))
        return false;
    auto const host = std::string_view(parsed->encoded_host_and_port());
    return !host.empty() && is_lower_case(host) && url.starts_with(std::string_view(parsed->scheme())) &&
           !parsed->has_userinfo() && !parsed->has_query() && !parsed->has_fragment() &&
           !url.ends_with('/') && (!parsed->has_port() || parsed->port_number() != 0);
}

} // namespace bulla::cli
