// Registrations that the nodes of a network have admitted, for measuring how fast entries are ordered,
// executed and committed without what goes before.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace bulla::bench {

// Prints an entry in base64 a line, admitted by as many of the nodes as it takes. OPAQUE record and opening
// are kept in every node's data directory under the statement, as a node does before it admits: when the
// entry is ordered, no node lacks them. The nodes must not run.
void print_admitted(std::vector<std::filesystem::path> const& nodes, std::uint64_t accounts);

} // namespace bulla::bench
