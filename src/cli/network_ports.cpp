#include "cli/network_ports.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/json/serialize.hpp>

#include <deque>

namespace bulla::cli {
namespace {

using boost::asio::ip::tcp;

// Ports that nobody listens on now; all are held until all are chosen.
class FreePorts {
public:
    std::uint16_t next() {
        tcp::endpoint const any(boost::asio::ip::address_v4::loopback(), 0);
        return acceptors_.emplace_back(context_, any).local_endpoint().port();
    }

private:
    boost::asio::io_context context_{1};
    std::deque<tcp::acceptor> acceptors_;
};

} // namespace

std::vector<NodePorts> choose_ports(PortChoice const& choice) {
    FreePorts free;
    std::vector<NodePorts> ports;
    for (std::size_t index = 0; index < choice.nodes; ++index) {
        auto const http = static_cast<std::uint16_t>(choice.first + index);
        if (choice.first == 0)
            ports.push_back({.http = free.next(), .message = free.next(), .engine = free.next()});
        else
            ports.push_back({.http = http,
                             .message = static_cast<std::uint16_t>(http + message_port_offset),
                             .engine = static_cast<std::uint16_t>(http + engine_port_offset)});
    }
    return ports;
}

// TOML's basic strings have JSON's escapes.
std::string as_toml(std::string const& text) {
    return boost::json::serialize(boost::json::value(text));
}

} // namespace bulla::cli
