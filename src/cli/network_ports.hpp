// The ports of a node that `bulla network` writes a configuration for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace bulla::cli {

inline constexpr std::uint16_t message_port_offset = 100;
inline constexpr std::uint16_t engine_port_offset = 200;

struct NodePorts {
    std::uint16_t http = 0;    // for people
    std::uint16_t message = 0; // for other nodes
    std::uint16_t engine = 0;  // for other engines
};

struct PortChoice {
    std::uint16_t first = 0; // of the first node's http; 0: ports that nobody listens on now
    std::size_t nodes = 1;
};
std::vector<NodePorts> choose_ports(PortChoice const& choice);

std::string as_toml(std::string const& text); // a basic string

} // namespace bulla::cli
