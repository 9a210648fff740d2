// Addresses and URLs as they are configured.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bulla::cli {

struct ListenAddress {
    std::string host; // an IP address, without brackets; "localhost" stands for 127.0.0.1
    std::uint16_t port = 0;
    friend bool operator==(ListenAddress const&, ListenAddress const&) = default;
};

// HOST:PORT, the host an IPv4 address, an IPv6 address in brackets, or localhost.
std::optional<ListenAddress> parse_listen_address(std::string_view text);
std::string print_listen_address(ListenAddress const& address);

bool is_ip_address(std::string_view text); // IPv4 or IPv6, without brackets
bool is_loopback(std::string_view host);   // 127.0.0.0/8 and ::1

// http(s)://host[:port][/path], ASCII as RFC 3986 prints it: lower-case scheme and host, no user, query or
// fragment, no slash at the end.
bool is_issuer(std::string_view url);

} // namespace bulla::cli
