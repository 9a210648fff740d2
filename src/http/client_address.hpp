// Where a request comes from: the address that limits and logs go by.
//
// That is the other end of the connection, unless it is a trusted proxy of the configuration: then the last
// entry of X-Forwarded-For that is not itself a trusted proxy. Forwarded, X-Real-IP and everything else is
// not looked at, and nothing but the address is ever taken from such a field.
#pragma once

#include "base/bytes.hpp"
#include "http/request.hpp"

#include <boost/asio/ip/address.hpp>

namespace bulla::http {

struct ClientAddress {
    boost::asio::ip::address address; // an IPv4 address is never in its mapped IPv6 form
    base::ByteBuffer prefix;          // its /24 (3 bytes) or /56 (7 bytes): who shares a limit
};

ClientAddress make_client_address(boost::asio::ip::address const& address);

class TrustedProxies {
public:
    TrustedProxies() = default;
    // nothing when one of the texts is no IP address.
    static std::optional<TrustedProxies> parse(std::vector<std::string> const& addresses);

    bool has(boost::asio::ip::address const& address) const;

private:
    std::vector<boost::asio::ip::address> addresses_;
};

// peer: the other end of the connection. An entry that is no address ends the walk at the proxy that sent it.
ClientAddress find_client(ClientAddress const& peer, Request const& request, TrustedProxies const& proxies);

} // namespace bulla::http
