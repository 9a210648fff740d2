// An entry that brings a password, with its admissions, ready to be ordered: by this node alone, or on a
// network by more than two thirds of the nodes, which are brought the record thereby.
#pragma once

#include "service/registration.hpp"

namespace bulla::service {

struct PasswordEntry {
    ledger::EntryKind kind = ledger::EntryKind::register_account;
    base::ByteBuffer statement;
    std::vector<ledger::Evidence> evidence;
    std::optional<std::string> username; // of a registration
    store::SideWrite write;              // its row has the record
};

// The admissions alone, for an entry whose place in the chain is not yet known.
boost::asio::awaitable<Served<std::vector<ledger::Admission>>> admit_statement(Ground const* ground,
                                                                               PasswordEntry entry);

boost::asio::awaitable<Served<sequencer::Submission>> admit_entry(Ground const* ground, PasswordEntry entry);

} // namespace bulla::service
