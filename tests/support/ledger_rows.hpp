// The rows of a ledger's database as plain values, for tests.
#pragma once

#include "store/ledger_database.hpp"

#include <map>

namespace bulla::test {

struct LedgerRows {
    std::optional<store::Tip> tip;
    std::map<std::uint64_t, base::ByteBuffer> entries;
    std::map<std::uint64_t, ledger::LeafIndex> blocks; // height to index of the block entry
    std::map<std::pair<std::uint8_t, std::uint64_t>, base::ByteBuffer> tiles;
    std::map<ledger::Label, ledger::AccountRow> accounts;
    std::map<ledger::KeyId, ledger::SigningKeyRow> signing_keys;
    std::map<ledger::NetworkRowName, base::ByteBuffer> network_rows;
    std::map<ledger::Label, store::SideRow> side_rows;
    std::optional<ledger::NodesRow> nodes;
    std::optional<ledger::PolicyRow> policy;
};

} // namespace bulla::test
