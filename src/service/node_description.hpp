// A node's keys as the list of nodes names them, and which of the keys on the disk those are.
#pragma once

#include "ledger/network_rows.hpp"
#include "service/keys.hpp"

namespace bulla::service {

void describe_keys(ledger::Node& node, NetworkNodeKeys const& keys);
void describe_next_keys(ledger::Node& node, NextKeys const& keys); // those that there are

// Of a key that can be replaced: whether the list names the one in use, and whether it names the next one.
struct KeyFit {
    std::string_view name; // of the file
    bool is_present = false;
    bool is_next = false;
};
std::vector<KeyFit> fit_keys(ledger::Node const& listed, NodeKeys const& keys, NextKeys const& next);

} // namespace bulla::service
