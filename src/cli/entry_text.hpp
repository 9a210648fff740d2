// Entries of the ledger for people: as JSON, and as one line. Bytes are base64url, times milliseconds since
// 1970 in JSON and UTC in text.
#pragma once

#include "ledger/entry.hpp"

#include <boost/json/object.hpp>

namespace bulla::cli {

boost::json::object entry_json(ledger::LeafIndex index, base::ByteView entry);
boost::json::object account_state_json(ledger::AccountState const& state);
std::string entry_line(ledger::LeafIndex index, base::ByteView entry);

// The label that an entry is about; nothing for those about no account.
std::optional<ledger::Label> label_of(base::ByteView entry);

std::string print_time(base::Timestamp time); // 2026-11-23T22:40:51.123Z

} // namespace bulla::cli
