// Entries about an account whose place in its chain nobody signs: recoveries, and acts of operators about an
// account (LEDGER §4). It is filled in here, and again when another entry of the account came first.
#pragma once

#include "service/fault.hpp"
#include "service/ground.hpp"

#include <boost/asio/awaitable.hpp>

namespace bulla::service {

// The entry has no link; `write` is what it brings, if it brings something.
struct LinkedEntry {
    ledger::Label label;
    ledger::Entry entry;
    std::optional<store::SideWrite> write;
};
boost::asio::awaitable<Served<sequencer::Receipt>> order_linked(Ground const* ground, LinkedEntry linked);

} // namespace bulla::service
